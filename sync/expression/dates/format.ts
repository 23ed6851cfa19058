import { DAYS, inRange, MONTHS, type Moment } from './moment.ts'
import { elementsOf } from './pattern.ts'

/** `M/d/yyyy h:mm:ss tt` in UTC, as the service prints dates. @throws Error for a time outside the years 1 to 9999 */
export const printDate = (time: number): string =>
  formatDate({ time, ticks: 0, kind: 'unspecified' }, 'M/d/yyyy h:mm:ss tt')

/**
 * Writes a moment in a .NET date format, standard or custom, as the invariant culture does.
 * @throws Error for a format that .NET refuses, or a time outside the years 1 to 9999
 */
export function formatDate(moment: Moment, format: string): string {
  if (!inRange(moment.time)) throw new Error('The date is out of range')
  let out = ''
  for (const element of elementsOf(format)) {
    const text = 'literal' in element ? element.literal : written(moment, element.letters)
    // A fraction that is left out takes its decimal point along.
    if (text === '' && 'letters' in element && element.letters[0] === 'F' && out.endsWith('.')) out = out.slice(0, -1)
    out += text
  }
  return out
}

function written(moment: Moment, letters: string): string {
  const date = new Date(moment.time)
  const { length } = letters
  const padded = (value: number, digits = Math.min(length, 2)): string => String(value).padStart(digits, '0')
  switch (letters[0]) {
    case 'y':
      return length <= 2 ? padded(date.getUTCFullYear() % 100) : padded(date.getUTCFullYear(), length)
    case 'M':
      return length <= 2 ? padded(date.getUTCMonth() + 1) : named(MONTHS[date.getUTCMonth()]!, length)
    case 'd':
      return length <= 2 ? padded(date.getUTCDate()) : named(DAYS[date.getUTCDay()]!, length)
    case 'H':
      return padded(date.getUTCHours())
    case 'h':
      return padded(date.getUTCHours() % 12 || 12)
    case 'm':
      return padded(date.getUTCMinutes())
    case 's':
      return padded(date.getUTCSeconds())
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, length)
    case 'f':
      return fraction(moment, length)
    case 'F':
      return fraction(moment, length).replace(/0+$/, '')
    case 'g':
      return 'A.D.'
    case 'K':
      return moment.kind === 'utc' ? 'Z' : moment.kind === 'local' ? '+00:00' : ''
    case 'Z':
      return 'Z'
    default:
      return length === 1 ? '+0' : length === 2 ? '+00' : '+00:00'
  }
}

const named = (name: string, length: number): string => (length === 3 ? name.slice(0, 3) : name)

function fraction({ time, ticks }: Moment, digits: number): string {
  const milliseconds = new Date(time).getUTCMilliseconds()
  return String(milliseconds * 10_000 + ticks)
    .padStart(7, '0')
    .slice(0, digits)
}
