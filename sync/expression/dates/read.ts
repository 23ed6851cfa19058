import { type Moment, minutesOf, timeOf } from './moment.ts'

const ISO = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(?:(Z)|([+-]\d\d(?::?\d\d)?))?$/
const AMERICAN = /^(\d\d?)\/(\d\d?)\/(\d{4})(?:\s+(\d\d?):(\d\d)(?::(\d\d))?(?:\s*([AP])M)?)?$/i

/**
 * Reads ISO 8601 (also a date with an offset and no time, `2020-03-16-07:00`) and `M/d/yyyy h:mm:ss tt`; without an
 * offset the time is UTC.
 * @throws Error for other text, and for a date or time that does not exist
 */
export function readMoment(text: string): Moment {
  const trimmed = text.trim()
  const iso = ISO.exec(trimmed)
  const american = iso ? null : AMERICAN.exec(trimmed)
  if (!iso && !american) {
    throw new Error(`"${text}" is not a date; write it as 2012-03-16T07:00:00Z or 3/16/2012 7:00:00 AM`)
  }
  const moment = iso ? isoMoment(iso) : americanMoment(american!)
  if (!moment) throw new Error(`"${text}" is not a date: there is no such day or time`)
  return moment
}

/** @returns milliseconds since the epoch @throws Error as readMoment */
export const readDate = (text: string): number => readMoment(text).time

function isoMoment([, year, month, day, hour, minute, second, fraction, utc, zone]: RegExpExecArray): Moment | null {
  const found = timeOf({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    fraction: fraction ?? '',
    offset: zone === undefined ? 0 : minutesOf(zone),
  })
  return found && { ...found, kind: utc ? 'utc' : zone === undefined ? 'unspecified' : 'local' }
}

function americanMoment([, month, day, year, hour, minute, second, half]: RegExpExecArray): Moment | null {
  const found = timeOf({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: half === undefined ? Number(hour ?? 0) : hourOfHalf(Number(hour), half),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
  })
  return found && { ...found, kind: 'unspecified' }
}

/** NaN where a half of the day has no such hour. */
export const hourOfHalf = (hour: number, half: string): number =>
  hour > 12 ? Number.NaN : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
