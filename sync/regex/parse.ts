import { readClass } from './class.ts'
import { Scanner } from './scanner.ts'
import type { Anchor, Flags, Group, Node } from './syntax.ts'
import { ALL, anyCase, complement, one } from './units.ts'

/** Groups within groups; a pattern of a person has a handful. */
const DEEPEST = 250

const MOST = 2_147_483_647

const NO_FLAGS: Flags = { i: false, m: false, n: false, s: false, x: false }

const ANCHORS: Readonly<Record<string, Anchor>> = {
  A: 'start',
  z: 'end',
  Z: 'endOrLastNewline',
  b: 'boundary',
  B: 'noBoundary',
}

const WORD = '[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]'

/** After a backslash: `k<name>` and `k'name'`, the `k` being optional as in the oldest patterns. */
const REFERENCE = new RegExp(`k?(?:<(${WORD}+)>|'(${WORD}+)')`, 'uy')

/** After `(?`: `<name>` and `'name'`, or with a second name a balancing group. */
const NAMED = new RegExp(`<(${WORD}*)(-${WORD}*)?>|'(${WORD}*)(-${WORD}*)?'`, 'uy')

export interface Pattern {
  /** Says what cannot be. */
  scan: Scanner
  node: Node
  /** In the order of their opening parentheses. */
  groups: Group[]
}

/**
 * Reads a .NET regular expression.
 * Source: Microsoft Learn, "Regular expression language - quick reference", and its pages on each construct.
 * @throws RegexError for what .NET refuses, and for what cannot be translated
 */
export function parsePattern(pattern: string): Pattern {
  return new Parser(pattern).whole()
}

class Parser {
  readonly #scan: Scanner
  readonly #groups: Group[] = []
  #depth = 0

  constructor(pattern: string) {
    this.#scan = new Scanner(pattern)
  }

  whole(): Pattern {
    const node = this.#alternatives(NO_FLAGS)
    if (!this.#scan.ended) this.#scan.invalid('there are more ")" than "("')
    return { scan: this.#scan, node, groups: this.#groups }
  }

  /** Up to the end of the group; options that it sets in between end with it. */
  #alternatives(inherited: Flags): Node {
    const scan = this.#scan
    if (++this.#depth > DEEPEST) scan.unsupported(`a group more than ${DEEPEST} groups deep`)
    let flags = inherited
    const branches: Node[][] = [[]]
    for (;;) {
      this.#skip(flags)
      if (scan.ended || scan.peek() === ')') break
      if (scan.take('|')) {
        branches.push([])
        continue
      }
      const options = scan.match(/\(\?([imnsx]*)(?:-([imnsx]*))?\)/iy)
      if (options) flags = changed(flags, options[1]!, options[2])
      const atom = options ? null : this.#atom(flags)
      const quantified = this.#quantified(atom, flags)
      if (quantified) branches.at(-1)!.push(quantified)
    }
    this.#depth -= 1
    const all = branches.map((of): Node => (of.length === 1 ? of[0]! : { kind: 'sequence', of }))
    return all.length === 1 ? all[0]! : { kind: 'choice', of: all }
  }

  /** Comments, and with `x` white space. */
  #skip({ x }: Flags): void {
    while (this.#scan.match(/\(\?#[^)]*\)/y) || (x && this.#scan.match(/[ \t\n\v\f\r]+|#[^\n]*/y)));
    if (this.#scan.peek() === '(' && this.#scan.peek(1) === '?' && this.#scan.peek(2) === '#') {
      this.#scan.invalid('a comment is not closed with ")"')
    }
  }

  #quantified(atom: Node | null, flags: Flags): Node | null {
    const scan = this.#scan
    this.#skip(flags)
    const quantifier = /[*+?]|\{(\d+)(,(\d*))?\}/y
    const found = scan.match(quantifier)
    if (!found) return atom
    if (!atom) return scan.invalid(`the quantifier "${found[0]}" has nothing before it`)
    const [sign, from, comma, to] = found
    const least = from === undefined ? (sign === '+' ? 1 : 0) : Number(from)
    const unlimited = from === undefined ? sign !== '?' : comma !== undefined && to === ''
    const most = unlimited ? Infinity : from === undefined ? 1 : Number(to || from)
    if (least > MOST || (most !== Infinity && most > MOST)) scan.invalid(`the quantifier "${sign}" is too large`)
    if (least > most) scan.invalid(`the quantifier "${sign}" has its numbers in the wrong order`)
    this.#skip(flags)
    const lazy = scan.take('?')
    this.#skip(flags)
    const next = scan.match(quantifier)
    if (next) scan.invalid(`the quantifier "${next[0]}" follows another one`)
    return { kind: 'repeat', of: atom, least, most, lazy }
  }

  /** @returns null for nothing that could be repeated */
  #atom(flags: Flags): Node | null {
    const scan = this.#scan
    const quantifier = scan.match(/[*+?]|\{\d+(?:,\d*)?\}/y)
    if (quantifier) return scan.invalid(`the quantifier "${quantifier[0]}" has nothing before it`)
    const character = scan.peek()
    scan.at += 1
    switch (character) {
      case '(':
        return this.#group(flags)
      case '[':
        return { kind: 'set', units: readClass(scan, flags.i) }
      case '\\':
        return this.#escape(flags)
      case '.':
        return { kind: 'set', units: flags.s ? ALL : complement(one(10)) }
      case '^':
        return { kind: 'anchor', anchor: flags.m ? 'lineStart' : 'start' }
      case '$':
        return { kind: 'anchor', anchor: flags.m ? 'lineEnd' : 'endOrLastNewline' }
      default:
        return unit(character.charCodeAt(0), flags)
    }
  }

  #escape(flags: Flags): Node {
    const scan = this.#scan
    const anchor = scan.match(/[AzZbB]/y)
    if (anchor) return { kind: 'anchor', anchor: ANCHORS[anchor[0]]! }
    if (scan.peek() === 'G') scan.unsupported('\\G')
    const units = scan.setEscape(flags.i)
    if (units) return { kind: 'set', units }
    const name = scan.match(REFERENCE)
    if (name) return { kind: 'reference', to: name[1] ?? name[2]!, ignoreCase: flags.i, otherwise: null }
    const number = scan.match(/[1-9]\d*/y)?.[0]
    if (number === undefined) return unit(scan.unitEscape(), flags)
    // Where there is no such group, two or three digits are a character in octal.
    const octal = /^[0-7]{2,3}$/.test(number) ? unit(Number.parseInt(number, 8) & 0xff, flags) : null
    return { kind: 'reference', to: number, ignoreCase: flags.i, otherwise: octal }
  }

  #group(flags: Flags): Node {
    const scan = this.#scan
    if (!scan.take('?')) return flags.n ? this.#inside(flags) : this.#capture(null, flags)
    if (scan.take(':')) return this.#inside(flags)
    const look = scan.match(/<?[=!]/y)?.[0]
    if (look) {
      return { kind: 'look', of: this.#inside(flags), behind: look.length === 2, negative: look.endsWith('!') }
    }
    if (scan.peek() === '>') scan.unsupported('the atomic group (?>…)')
    if (scan.peek() === '(') scan.unsupported('the condition (?(…)…|…)')
    const name = scan.match(NAMED)
    if (name) {
      if (name[2] !== undefined || name[4] !== undefined) scan.unsupported(`the balancing group (?${name[0]}…)`)
      return this.#capture(name[1] ?? name[3]!, flags)
    }
    const options = scan.match(/([imnsx]*)(?:-([imnsx]*))?:/iy)
    if (options) return this.#inside(changed(flags, options[1]!, options[2]))
    return scan.invalid(`(?${scan.peek()} does not begin a group; options are i, m, n, s and x`)
  }

  #capture(name: string | null, flags: Flags): Node {
    if (name !== null && (name === '' || /^0|^\d.*\D/u.test(name))) {
      this.#scan.invalid(`"${name}" cannot name a group: it is a word, or a number from 1`)
    }
    const group: Group = { index: this.#groups.length + 1, name }
    this.#groups.push(group)
    return { kind: 'capture', of: this.#inside(flags), group }
  }

  #inside(flags: Flags): Node {
    const node = this.#alternatives(flags)
    if (!this.#scan.take(')')) this.#scan.invalid('a group is not closed with ")"')
    return node
  }
}

const unit = (code: number, { i }: Flags): Node => ({ kind: 'set', units: i ? anyCase(one(code)) : one(code) })

function changed(flags: Flags, on: string, off = ''): Flags {
  const next = { ...flags }
  for (const flag of on.toLowerCase()) next[flag as keyof Flags] = true
  for (const flag of off.toLowerCase()) next[flag as keyof Flags] = false
  return next
}
