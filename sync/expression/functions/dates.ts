import { isEmpty, textOf, type Value } from '../../values.ts'
import { formatDate, printDate } from '../dates/format.ts'
import { parseDateBy } from '../dates/parse.ts'
import { readDate, readMoment } from '../dates/read.ts'
import { readStyles } from '../dates/styles.ts'
import { define, type FunctionDefinition } from './define.ts'

const DAY = 86_400_000

/** Milliseconds between 1601-01-01 and 1970-01-01, in UTC. */
const FILE_TIME_EPOCH = 11_644_473_600_000n

const SPANS: Readonly<Record<string, number>> = { d: DAY, ww: 7 * DAY, h: 3_600_000, n: 60_000, s: 1000 }

function interval(value: Value): string {
  const text = textOf(value)
  if (!(text in SPANS) && text !== 'yyyy' && text !== 'm') {
    throw new Error(`"${text}" is not a date interval; allowed: yyyy, m, d, ww, h, n, s`)
  }
  return text
}

function addMonths(date: number, months: number): number {
  const from = new Date(date)
  const to = new Date(date)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  return to.setUTCDate(Math.min(from.getUTCDate(), lastDay))
}

/** Years, months, weeks (from Sunday) and days count the calendar's boundaries, as in Visual Basic; the rest whole spans. */
function difference(unit: string, from: number, to: number): number {
  const [a, b] = [new Date(from), new Date(to)]
  const day = (time: number) => Math.floor(time / DAY)
  // 1970-01-04 was a Sunday.
  const week = (time: number) => Math.floor((day(time) - 3) / 7)
  switch (unit) {
    case 'yyyy':
      return b.getUTCFullYear() - a.getUTCFullYear()
    case 'm':
      return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth()
    case 'ww':
      return week(to) - week(from)
    case 'd':
      return day(to) - day(from)
    default:
      return Math.trunc((to - from) / SPANS[unit]!)
  }
}

function reformatted(args: readonly string[], now: number): string {
  const [text, styles, inputFormat, outputFormat] = args as [string, string, string, string]
  const wanted = readStyles(styles)
  const moment = inputFormat === '' ? readMoment(text) : parseDateBy(inputFormat, text, wanted, now)
  return formatDate(moment, outputFormat)
}

function fileTime(text: string): string {
  const { time, ticks } = readMoment(text)
  return String((BigInt(time) + FILE_TIME_EPOCH) * 10_000n + BigInt(ticks))
}

function fileTimeOf(value: Value): bigint {
  const text = textOf(value)
  if (!/^-?\d+$/.test(text)) throw new Error(`DateFromNum takes a whole number, not "${text}"`)
  return BigInt(text)
}

/** Dates pass between functions as text, `M/d/yyyy h:mm:ss tt` in UTC. Source: Microsoft Learn, same page. */
export const DATES: FunctionDefinition[] = [
  define('Now()', (_, environment) => printDate(environment.now)),
  define('CDate(expression)', ([expression]) =>
    isEmpty(expression!) ? null : printDate(readDate(textOf(expression!))),
  ),
  define('DateAdd(interval, value: Integer, dateTime)', ([unit, value, dateTime]) => {
    if (isEmpty(dateTime!)) return null
    const [name, date, count] = [interval(unit!), readDate(textOf(dateTime!)), Math.trunc(Number(textOf(value!)))]
    if (name === 'm' || name === 'yyyy') return printDate(addMonths(date, name === 'm' ? count : 12 * count))
    return printDate(date + count * SPANS[name]!)
  }),
  define('DateDiff(interval, date1, date2)', ([unit, date1, date2]) =>
    isEmpty(date1!) || isEmpty(date2!)
      ? null
      : difference(interval(unit!), readDate(textOf(date1!)), readDate(textOf(date2!))),
  ),
  // Older pages have it with three parameters: source, inputFormat, outputFormat.
  define('FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)', (args, { now }) => {
    const [source, styles, inputFormat, outputFormat] = args.length === 3 ? [args[0], null, args[1], args[2]] : args
    return isEmpty(source!) ? null : reformatted([source!, styles!, inputFormat!, outputFormat!].map(textOf), now)
  }),
  define('NumFromDate(value)', ([value]) => (isEmpty(value!) ? null : fileTime(textOf(value!)))),
  define('DateFromNum(value)', ([value]) =>
    isEmpty(value!) ? null : printDate(Number(fileTimeOf(value!) / 10_000n - FILE_TIME_EPOCH)),
  ),
]
