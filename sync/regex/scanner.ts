import { RegexError } from './syntax.ts'
import { CATEGORIES, category, complement, includes, shorthand, type Units, union } from './units.ts'

const CONTROL: Readonly<Record<string, number>> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Letters whose three cases `\p{…}` no longer tells apart once case is ignored. */
const CASED = ['Ll', 'Lt', 'Lu']

/** A place in a pattern, and what both classes and the rest of a pattern are read by. */
export class Scanner {
  readonly pattern: string
  at = 0

  constructor(pattern: string) {
    this.pattern = pattern
  }

  get ended(): boolean {
    return this.at >= this.pattern.length
  }

  /** The next code unit; empty at the end. */
  peek(ahead = 0): string {
    return this.pattern.charAt(this.at + ahead)
  }

  /** Takes `text` if it comes next. */
  take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  /** Takes what a sticky pattern matches here. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at
    const found = sticky.exec(this.pattern)
    if (found) this.at += found[0].length
    return found
  }

  /** .NET would not take the pattern either. */
  invalid(reason: string): never {
    throw new RegexError(`"${this.pattern}" is not a valid regular expression: ${reason}`)
  }

  /** .NET would take it. */
  unsupported(what: string): never {
    throw new RegexError(`The regular expression "${this.pattern}" cannot be used here: ${what} cannot be translated`)
  }

  /** After the backslash, one of `dDsSwWpP`: the set it stands for; null where something else follows. */
  setEscape(ignoreCase: boolean): Units | null {
    const found = this.match(/[dDsSwWpP]/y)
    if (!found) return null
    const [letter] = found
    if (letter !== 'p' && letter !== 'P') return shorthand(letter)
    const name = this.match(/\{([\w-]+)\}/y)?.[1]
    if (name === undefined) this.invalid(`\\${letter} needs a category, as in \\${letter}{Lu}`)
    if (name.startsWith('Is')) this.unsupported(`the named block \\${letter}{${name}}`)
    if (!CATEGORIES.has(name)) this.invalid(`"${name}" is not a category; allowed: ${[...CATEGORIES].join(', ')}`)
    const units = ignoreCase && CASED.includes(name) ? union(...CASED.map(category)) : category(name)
    return letter === 'p' ? units : complement(units)
  }

  /** After the backslash: the one code unit that an escape stands for. */
  unitEscape(): number {
    const hex = this.match(/x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})/y)
    if (hex) return Number.parseInt(hex[1] ?? hex[2]!, 16)
    const octal = this.match(/[0-7]{1,3}/y)
    if (octal) return Number.parseInt(octal[0], 8) & 0xff
    const control = this.match(/c([@-_a-z])/y)
    if (control) return control[1]!.toUpperCase().charCodeAt(0) - 64
    if (this.ended) this.invalid('it ends with a backslash')
    const letter = this.peek()
    const unit = CONTROL[letter] ?? letter.charCodeAt(0)
    if (!(letter in CONTROL) && includes(shorthand('w'), unit)) this.invalid(`\\${letter} is not an escape`)
    this.at += 1
    return unit
  }
}
