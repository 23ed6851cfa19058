import { badRequest, clip } from '../errors.ts'
import { filterLimits } from '../limits.ts'

export type Token =
  | { kind: '(' | ')' | '[' | ']' | '.' }
  /** An attribute path, an operator, a keyword, or an unquoted literal. */
  | { kind: 'word'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'number'; value: number }

/** Those of names, of URNs and of what is sent unquoted. */
const word = /[A-Za-z0-9$_:.\-+@/=;!*']+/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9$_:.\-+@/=;!*'])/y
const string = /"(?:[^"\\]|\\.)*"/sy

/** The tokens of a filter. Throws 400 `invalidFilter` on what belongs to none, and on text longer than the limit. */
export function tokenize(text: string): Token[] {
  if (text.length > filterLimits.characters) {
    const problem = `The filter has ${text.length} characters; at most ${filterLimits.characters} are allowed`
    throw badRequest('invalidFilter', problem)
  }
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  while (at < text.length) {
    const character = text[at]!
    if (/\s/.test(character)) {
      at++
    } else if (character === '(' || character === ')' || character === '[' || character === ']') {
      tokens.push({ kind: character })
      at++
    } else if (character === '.' && text[at - 1] === ']') {
      tokens.push({ kind: '.' })
      at++
    } else if (character === '"') {
      tokens.push({ kind: 'string', text: decodeString(take(string), text) })
    } else {
      const digits = take(number)
      const name = digits === undefined ? take(word) : undefined
      if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits) })
      else if (name !== undefined) tokens.push({ kind: 'word', text: name })
      else throw badRequest('invalidFilter', `Unexpected ${JSON.stringify(character)} at ${at} in filter ${clip(text)}`)
    }
  }
  return tokens
}

function decodeString(quoted: string | undefined, filter: string): string {
  try {
    if (quoted !== undefined) return JSON.parse(quoted)
  } catch {}
  throw badRequest('invalidFilter', `A string in filter ${clip(filter)} is not closed, or not a JSON string`)
}
