/** A time as .NET's DateTime has it, on a server that keeps UTC. */
export interface Moment {
  /** Milliseconds since the epoch, in UTC. */
  time: number
  /** What a millisecond is too coarse for: units of 100 ns, 0 to 9999. */
  ticks: number
  /** Whether the text that it was read from said UTC, an offset from it, or nothing; `K` writes it. */
  kind: 'utc' | 'local' | 'unspecified'
}

/** Parts of a date as text has them; what is left out is the beginning of the day. */
export interface Parts {
  year: number
  /** From 1. */
  month: number
  day: number
  hour?: number
  minute?: number
  second?: number
  /** Digits after the decimal point, seven at most. */
  fraction?: string
  /** Of the text's time from UTC, in minutes. */
  offset?: number
}

export const MONTHS = 'January February March April May June July August September October November December'.split(' ')
export const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

const MINUTE = 60_000

/** Farthest that an offset goes, 14 hours. */
const FARTHEST = 14 * 60

/** @returns null where there is no such date or time */
export function timeOf(parts: Parts): Pick<Moment, 'time' | 'ticks'> | null {
  const { year, month, day, hour = 0, minute = 0, second = 0, fraction = '', offset = 0 } = parts
  const ticks = Number(fraction.padEnd(7, '0').slice(0, 7))
  // Date.UTC would take the years to 99 for those of the twentieth century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const exists = year >= 1 && year <= 9999 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!exists || hour > 23 || minute > 59 || second > 59 || Math.abs(offset) > FARTHEST) return null
  const time = date.setUTCHours(hour, minute, second, Math.trunc(ticks / 10_000)) - offset * MINUTE
  return inRange(time) ? { time, ticks: ticks % 10_000 } : null
}

const FIRST = new Date(0).setUTCFullYear(1, 0, 1)
const END = Date.UTC(10_000, 0, 1)

/** Whether a time lies in the years 1 to 9999, which is what .NET has. */
export const inRange = (time: number): boolean => time >= FIRST && time < END

/** Of `+02:00`, `-0730` and `+02`, in minutes; NaN for what has more than 59 of them beside the hours. */
export function minutesOf(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d?):?(\d\d)?$/.exec(zone)!
  if (Number(minutes) > 59) return Number.NaN
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
