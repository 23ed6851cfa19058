const MONTHS = 'January February March April May June July August September October November December'.split(' ')

const ISO = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/
const AMERICAN = /^(\d\d?)\/(\d\d?)\/(\d{4})(?:\s+(\d\d?):(\d\d)(?::(\d\d))?(?:\s*([AP])M)?)?$/i

const offsetOf = (zone: string | undefined): number => {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '')
  if (!match) return 0
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? 0)) * 60_000
}

const hour24 = (hour: number, half: string | undefined): number =>
  half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)

/**
 * Reads ISO 8601 (also a date with an offset and no time, `2020-03-16-07:00`) and `M/d/yyyy h:mm:ss tt`; without an
 * offset the time is UTC.
 * @returns milliseconds since the epoch
 */
export function readDate(text: string): number {
  const iso = ISO.exec(text.trim())
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso
    const milliseconds = Math.trunc(Number(`0.${fraction ?? 0}`) * 1000)
    return (
      Date.UTC(+year!, +month! - 1, +day!, +(hour ?? 0), +(minute ?? 0), +(second ?? 0), milliseconds) - offsetOf(zone)
    )
  }
  const american = AMERICAN.exec(text.trim())
  if (american) {
    const [, month, day, year, hour, minute, second, half] = american
    return Date.UTC(+year!, +month! - 1, +day!, hour24(+(hour ?? 0), half), +(minute ?? 0), +(second ?? 0))
  }
  throw new Error(`"${text}" is not a date; write it as 2012-03-16T07:00:00Z or 3/16/2012 7:00:00 AM`)
}

/** `M/d/yyyy h:mm:ss tt` in UTC, as the service prints dates. */
export function printDate(time: number): string {
  return formatDate(time, 'M/d/yyyy h:mm:ss tt')
}

/** One element of a .NET custom date format: a run of one letter, a quoted literal, or a single other character. */
const ELEMENT = /(y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K)|'([^']*)'|"([^"]*)"|\\(.)|(.)/gs

type Part = { letters: string } | { literal: string }

function elements(format: string): Part[] {
  return Array.from(format.matchAll(ELEMENT), (match) =>
    match[1] !== undefined ? { letters: match[1] } : { literal: match[2] ?? match[3] ?? match[4] ?? match[5]! },
  )
}

/** Writes a UTC time in a .NET custom date format (the letters y M d H h m s f t z K). */
export function formatDate(time: number, format: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw new Error('The date is out of range')
  return elements(format)
    .map((part) => ('literal' in part ? part.literal : element(date, part.letters)))
    .join('')
}

function element(date: Date, letters: string): string {
  const padded = (value: number): string => String(value).padStart(letters.length, '0')
  switch (letters[0]) {
    case 'y':
      return letters.length <= 2 ? padded(date.getUTCFullYear() % 100) : padded(date.getUTCFullYear())
    case 'M': {
      const name = MONTHS[date.getUTCMonth()]!
      return letters.length === 3 ? name.slice(0, 3) : letters.length > 3 ? name : padded(date.getUTCMonth() + 1)
    }
    case 'd':
      return padded(date.getUTCDate())
    case 'H':
      return padded(date.getUTCHours())
    case 'h':
      return padded(date.getUTCHours() % 12 || 12)
    case 'm':
      return padded(date.getUTCMinutes())
    case 's':
      return padded(date.getUTCSeconds())
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, letters.length)
    case 'f':
    case 'F':
      return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(letters.length, '0').slice(0, letters.length)
    case 'K':
      return 'Z'
    default:
      return letters.length === 3 ? '+00:00' : letters.length === 2 ? '+00' : '+0'
  }
}

const READERS: Readonly<Record<string, (letters: string) => string>> = {
  y: (letters) => `(?<y>\\d{${letters.length}})`,
  M: (letters) => (letters.length > 2 ? '(?<M>[A-Za-z]+)' : letters.length === 2 ? '(?<M>\\d{2})' : '(?<M>\\d{1,2})'),
  d: (letters) => (letters.length === 2 ? '(?<d>\\d{2})' : '(?<d>\\d{1,2})'),
  H: (letters) => (letters.length === 2 ? '(?<H>\\d{2})' : '(?<H>\\d{1,2})'),
  h: (letters) => (letters.length === 2 ? '(?<h>\\d{2})' : '(?<h>\\d{1,2})'),
  m: (letters) => (letters.length === 2 ? '(?<m>\\d{2})' : '(?<m>\\d{1,2})'),
  s: (letters) => (letters.length === 2 ? '(?<s>\\d{2})' : '(?<s>\\d{1,2})'),
  f: (letters) => `(?<f>\\d{${letters.length}})`,
  F: () => '(?<f>\\d*)',
  t: () => '(?<t>[AaPp])[Mm]?',
  z: () => '(?<z>[+-]\\d{1,2}(?::?\\d{2})?)',
  K: () => '(?<z>Z|[+-]\\d{2}:?\\d{2})?',
}

/**
 * Reads text by a .NET custom date format; white space around it is allowed.
 * @returns milliseconds since the epoch
 */
export function parseDateBy(format: string, text: string): number {
  const source = elements(format)
    .map((part) =>
      'literal' in part
        ? part.literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
        : READERS[part.letters[0]!]!(part.letters),
    )
    .join('')
  const found = new RegExp(`^${source}$`).exec(text.trim())?.groups
  if (!found) throw new Error(`"${text}" is not a date of the form ${format}`)
  const month = /^[A-Za-z]/.test(found.M ?? '')
    ? MONTHS.findIndex((name) => name.toLowerCase().startsWith(found.M!.toLowerCase()))
    : Number(found.M ?? 1) - 1
  const hour = found.H !== undefined ? Number(found.H) : hour24(Number(found.h ?? 0), found.t)
  const milliseconds = Math.trunc(Number(`0.${found.f || 0}`) * 1000)
  const year = Number(found.y ?? 1970)
  return (
    Date.UTC(
      year < 100 ? 2000 + year : year,
      month,
      Number(found.d ?? 1),
      hour,
      Number(found.m ?? 0),
      Number(found.s ?? 0),
      milliseconds,
    ) - offsetOf(found.z)
  )
}
