import type { Numbering } from './numbering.ts'
import type { Group } from './syntax.ts'

/** One match, and the text that it is in. */
export interface Found {
  match: RegExpExecArray
  text: string
}

/** A piece of a replacement: itself, the text of a group, or what the match says. */
export type Piece = string | readonly Group[] | ((found: Found) => string)

/** `$$`, `$1`, `${1}`, `${name}`, `$&`, `` $` ``, `$'`, `$+`, `$_`; a dollar sign before anything else is itself. */
const SUBSTITUTION = /\$(?:(\d+)|\{([\p{L}\p{Mn}\p{Nd}\p{Pc}]+)\}|([$&`'+_]))/gu

const WHOLE = ({ match }: Found): string => match[0]

/**
 * Splits a replacement into its pieces. What names no group of the pattern is text.
 * Source: Microsoft Learn, "Substitutions in regular expressions".
 */
export function readReplacement(replacement: string, { groups, highest }: Numbering): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of replacement.matchAll(SUBSTITUTION)) {
    const [text, number, name, sign] = found
    const key = name ?? (number === undefined ? undefined : String(Number(number)))
    const piece = key === undefined ? bySign(sign!, groups.get(String(highest))) : key === '0' ? WHOLE : groups.get(key)
    pieces.push(replacement.slice(from, found.index), piece ?? text)
    from = found.index + text.length
  }
  return [...pieces, replacement.slice(from)]
}

function bySign(sign: string, last: readonly Group[] | undefined): Piece {
  switch (sign) {
    case '$':
      return '$'
    case '&':
      return WHOLE
    case '`':
      return ({ match, text }) => text.slice(0, match.index)
    case "'":
      return ({ match, text }) => text.slice(match.index + match[0].length)
    case '+':
      return last ?? WHOLE
    default:
      return ({ text }) => text
  }
}
