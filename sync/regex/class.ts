import type { Scanner } from './scanner.ts'
import { anyCase, complement, one, type Units, union, without } from './units.ts'

const HYPHEN = 0x2d

/**
 * Reads a class, the place being after its `[`: ranges, escapes, and a subtraction at its end (`[a-z-[aeiou]]`).
 * Source: Microsoft Learn, "Character classes in regular expressions".
 * @throws RegexError
 */
export function readClass(scan: Scanner, ignoreCase: boolean): Units {
  const negative = scan.take('^')
  const cased = (units: Units): Units => (ignoreCase ? anyCase(units) : units)
  const parts: Units[] = []
  let removed: Units = []
  for (let first = true; ; first = false) {
    if (scan.ended) scan.invalid('a class is not closed with "]"')
    if (!first && scan.take(']')) break
    if (!first && scan.take('-[')) {
      removed = readClass(scan, ignoreCase)
      if (!scan.take(']')) scan.invalid('a subtraction must be the last part of its class')
      break
    }
    // An escaped hyphen begins no range.
    const from = scan.take('\\-') ? one(HYPHEN) : member(scan, ignoreCase)
    if (typeof from !== 'number') {
      parts.push(from)
      continue
    }
    if (scan.peek() !== '-' || scan.peek(1) === ']' || scan.peek(1) === '[' || scan.peek(1) === '') {
      parts.push(cased(one(from)))
      continue
    }
    scan.at += 1
    const to = member(scan, ignoreCase)
    if (typeof to !== 'number') scan.invalid('a range ends with a class, not a character')
    if (from > to) scan.invalid('a range goes from a higher character to a lower one')
    parts.push(cased([[from, to]]))
  }
  const units = union(...parts)
  return without(negative ? complement(units) : units, removed)
}

/** One code unit, or the set that an escape stands for. */
function member(scan: Scanner, ignoreCase: boolean): number | Units {
  if (scan.match(/\[:\w+:\]/y)) scan.unsupported('a POSIX class such as [:alpha:]')
  if (scan.take('\\')) return scan.setEscape(ignoreCase) ?? scan.unitEscape()
  const unit = scan.peek().charCodeAt(0)
  scan.at += 1
  return unit
}
