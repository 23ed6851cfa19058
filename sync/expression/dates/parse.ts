import { DAYS, MONTHS, type Moment, minutesOf, timeOf } from './moment.ts'
import { type Element, elementsOf } from './pattern.ts'
import { hourOfHalf } from './read.ts'
import type { Style } from './styles.ts'

/** Of years with two digits, the last of this century; the invariant culture's. */
const LAST_SHORT_YEAR = 2049

/** What text says, by the format's letters; `h` is an hour of a half, `z` minutes from UTC, `u` UTC itself. */
type Found = Map<string, number>

/** Reads one element at a place; null where something else is there, else where the text goes on. */
type Reader = (text: string, at: number, length: number, found: Found) => number | null

/**
 * Reads text by a .NET date format, standard or custom, as the invariant culture does.
 * @param now for the year, or the whole date, that a format leaves out; milliseconds since the epoch
 * @throws Error for text of another form, for a date or time that does not exist, and for a format that .NET refuses
 */
export function parseDateBy(format: string, text: string, styles: ReadonlySet<Style>, now: number): Moment {
  const trim = (one: string): string => {
    const begun = styles.has('AllowLeadingWhite') ? one.trimStart() : one
    return styles.has('AllowTrailingWhite') ? begun.trimEnd() : begun
  }
  const found = readBy(elementsOf(trim(format)), trim(text))
  const moment = found && momentOf(found, styles, new Date(now))
  if (!moment) throw new Error(`"${text}" is not a date of the form ${format}`)
  return moment
}

function readBy(elements: readonly Element[], text: string): Found | null {
  const found: Found = new Map()
  let at = 0
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!
    if ('letters' in element) {
      const next = READERS[element.letters[0]!]!(text, at, element.letters.length, found)
      if (next === null) return null
      at = next
    } else if (text.startsWith(element.literal, at)) at += element.literal.length
    else {
      // A fraction that may be left out may be so with its decimal point.
      const next = elements[i + 1]
      if (element.literal !== '.' || !next || !('letters' in next) || next.letters[0] !== 'F') return null
      i += 1
    }
  }
  return at === text.length ? found : null
}

/** The same thing can be said twice, if it is the same. */
function note(found: Found, key: string, value: number, next: number): number | null {
  const before = found.get(key)
  if (before !== undefined && before !== value) return null
  found.set(key, value)
  return next
}

function sticky(source: string, text: string, at: number): string | null {
  const pattern = new RegExp(source, 'iy')
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

const digits = (count: number): string => (count === 1 ? '\\d\\d?' : `\\d{${count}}`)

const number =
  (key: string): Reader =>
  (text, at, length, found) => {
    const read = sticky(digits(Math.min(length, 2)), text, at)
    return read === null ? null : note(found, key, Number(read), at + read.length)
  }

const numberOrName = (key: string, names: readonly string[], nameKey: string, first: number): Reader => {
  const plain = number(key)
  return (text, at, length, found) => {
    if (length <= 2) return plain(text, at, length, found)
    const written = length === 3 ? names.map((name) => name.slice(0, 3)) : names
    const index = written.findIndex((name) => sticky(name, text, at) !== null)
    return index < 0 ? null : note(found, nameKey, index + first, at + written[index]!.length)
  }
}

const fraction: Reader = (text, at, length, found) => {
  const read = sticky(`\\d{${length}}`, text, at)
  return read === null ? null : note(found, 'f', Number(read.padEnd(7, '0')), at + length)
}

const offset: Reader = (text, at, length, found) => {
  const read = sticky(length === 1 ? '[+-]\\d\\d?' : length === 2 ? '[+-]\\d\\d' : '[+-]\\d\\d?:?\\d\\d', text, at)
  return read === null ? null : note(found, 'z', minutesOf(read), at + read.length)
}

const READERS: Readonly<Record<string, Reader>> = {
  y: (text, at, length, found) => {
    const read = sticky(digits(length), text, at)
    if (read === null) return null
    const short = Number(read) + Math.floor(LAST_SHORT_YEAR / 100) * 100
    const year = length > 2 ? Number(read) : short > LAST_SHORT_YEAR ? short - 100 : short
    return note(found, 'y', year, at + read.length)
  },
  M: numberOrName('M', MONTHS, 'M', 1),
  d: numberOrName('d', DAYS, 'weekday', 0),
  H: number('H'),
  h: number('h'),
  m: number('m'),
  s: number('s'),
  f: fraction,
  F: (text, at, length, found) => fraction(text, at, sticky(`\\d{0,${length}}`, text, at)!.length, found),
  t: (text, at, length, found) => {
    const read = sticky(length === 1 ? '[AP]' : '[AP]M', text, at)
    return read === null ? null : note(found, 't', read[0]!.toLowerCase() === 'p' ? 1 : 0, at + read.length)
  },
  g: (text, at) => (text.startsWith('A.D.', at) ? at + 4 : null),
  z: offset,
  Z: (text, at, _, found) => (text[at] === 'Z' ? note(found, 'u', 1, at + 1) : null),
  K: (text, at, _, found) => {
    if (text[at] === 'Z') return note(found, 'u', 1, at + 1)
    return /[+-]/.test(text.charAt(at)) ? offset(text, at, 3, found) : at
  },
}

function momentOf(found: Found, styles: ReadonlySet<Style>, today: Date): Moment | null {
  const undated = !['y', 'M', 'd'].some((key) => found.has(key))
  const hour = hourOf(found)
  const time = timeOf({
    year: found.get('y') ?? today.getUTCFullYear(),
    month: found.get('M') ?? (undated ? today.getUTCMonth() + 1 : 1),
    day: found.get('d') ?? (undated ? today.getUTCDate() : 1),
    hour,
    minute: found.get('m') ?? 0,
    second: found.get('s') ?? 0,
    fraction: String(found.get('f') ?? 0).padStart(7, '0'),
    offset: found.get('z') ?? 0,
  })
  if (!time) return null
  const local = new Date(time.time + (found.get('z') ?? 0) * 60_000)
  if ((found.get('weekday') ?? local.getUTCDay()) !== local.getUTCDay()) return null
  return { ...time, kind: kindOf(found, styles) }
}

/** NaN where the hour and the half of the day do not go together; without a half, `h` means the morning. */
function hourOf(found: Found): number {
  const [hour, ofHalf, half] = [found.get('H'), found.get('h'), found.get('t')]
  if (ofHalf !== undefined) {
    const whole = hourOfHalf(ofHalf, half === 1 ? 'p' : 'a')
    return hour === undefined || hour === whole ? whole : Number.NaN
  }
  if (half !== undefined && hour !== undefined && hour >= 12 !== (half === 1)) return Number.NaN
  return hour ?? (half === 1 ? 12 : 0)
}

function kindOf(found: Found, styles: ReadonlySet<Style>): Moment['kind'] {
  const said = found.has('u') || found.has('z')
  if (!said && !styles.has('AssumeUniversal') && !styles.has('AssumeLocal')) return 'unspecified'
  if (styles.has('AdjustToUniversal') || (found.has('u') && styles.has('RoundtripKind'))) return 'utc'
  return 'local'
}
