import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatDate } from './format.ts'
import { parseDateBy } from './parse.ts'
import { readDate, readMoment } from './read.ts'
import { readStyles } from './styles.ts'

const NOW = Date.parse('2026-03-01T13:05:09Z')
const DEFAULT = readStyles('')
const reformat = (format: string, text: string, out: string, styles = DEFAULT) =>
  formatDate(parseDateBy(format, text, styles, NOW), out)

// Microsoft Learn, "Custom date and time format strings" and "Standard date and time format strings".
describe('writes as .NET does in the invariant culture', () => {
  const moment = readMoment('2009-06-15T13:05:09.0617250Z')

  test.each([
    ['d MM ddd dddd ddddd', '15 06 Mon Monday Monday'],
    ['M MMM MMMM MMMMM', '6 Jun June June'],
    ['y yy yyy yyyy yyyyy yyyyyy', '9 09 2009 2009 02009 002009'],
    ['h hh hhh H HH', '1 01 01 13 13'],
    ['m mm s ss', '5 05 9 09'],
    ['t tt ttt', 'P PM PM'],
    ['f ff fff ffff fffff ffffff fffffff', '0 06 061 0617 06172 061725 0617250'],
    ['FF FFF FFFFFFF', '06 061 061725'],
    ['s.F', '9'],
    ['z zz zzz zzzz', '+0 +00 +00:00 +00:00'],
    ['yyyy g gg', '2009 A.D. A.D.'],
    ['HH:mm/ss', '13:05/09'],
    ["yyyy'-W'\"dd\" 'it''s'", '2009-Wdd its'],
    ["'a\\'b'", "a'b"],
    ['\\d\\\\ d', 'd\\ 15'],
    ['%d', '15'],
    ['%M%d', '615'],
    ['yyyy-MM-ddTHH:mm:ss', '2009-06-15T13:05:09'],
    ['d', '06/15/2009'],
    ['D', 'Monday, 15 June 2009'],
    ['f', 'Monday, 15 June 2009 13:05'],
    ['F', 'Monday, 15 June 2009 13:05:09'],
    ['U', 'Monday, 15 June 2009 13:05:09'],
    ['g', '06/15/2009 13:05'],
    ['G', '06/15/2009 13:05:09'],
    ['m', 'June 15'],
    ['M', 'June 15'],
    ['o', '2009-06-15T13:05:09.0617250Z'],
    ['O', '2009-06-15T13:05:09.0617250Z'],
    ['r', 'Mon, 15 Jun 2009 13:05:09 GMT'],
    ['R', 'Mon, 15 Jun 2009 13:05:09 GMT'],
    ['s', '2009-06-15T13:05:09'],
    ['t', '13:05'],
    ['T', '13:05:09'],
    ['u', '2009-06-15 13:05:09Z'],
    ['y', '2009 June'],
    ['Y', '2009 June'],
  ])('%s', (format, text) => {
    expect(formatDate(moment, format)).toBe(text)
  })

  test('K tells what the text said of its zone', () => {
    expect(formatDate(readMoment('2009-06-15T13:05:09Z'), 'HHK')).toBe('13Z')
    expect(formatDate(readMoment('2009-06-15T13:05:09+02:00'), 'HHK')).toBe('11+00:00')
    expect(formatDate(readMoment('2009-06-15T13:05:09'), 'HHK')).toBe('13')
  })

  test('midnight and noon', () => {
    expect(formatDate(readMoment('2009-06-15T00:00:00Z'), 'h tt')).toBe('12 AM')
    expect(formatDate(readMoment('2009-06-15T12:00:00Z'), 'h tt')).toBe('12 PM')
  })

  test.each(['x', 'Z', '', "yyyy'", '"a', 'yyyy\\', 'dd%', '%%d', 'ffffffff'])('refuses %j', (format) => {
    expect(() => formatDate(moment, format)).toThrow(/date format/)
  })

  test('names the standard formats', () => {
    expect(() => formatDate(moment, 'x')).toThrow('"x" is not a standard date format; those are d, D, f, F, g, G, m, M')
  })
})

describe('reads as .NET does', () => {
  test.each([
    ['dd.MM.yyyy', '05.03.2021', '2021-03-05T00:00:00'],
    ['d.M.yyyy', '15.3.2021', '2021-03-15T00:00:00'],
    ['ddd, d MMM yyyy', 'Fri, 5 Mar 2021', '2021-03-05T00:00:00'],
    ['dddd d MMMM yyyy', 'friday 5 MARCH 2021', '2021-03-05T00:00:00'],
    ['yy', '49', '2049-01-01T00:00:00'],
    ['yy', '50', '1950-01-01T00:00:00'],
    ['h tt', '12 AM', '2026-03-01T00:00:00'],
    ['h:mm tt', '12:30 pm', '2026-03-01T12:30:00'],
    ['hh', '12', '2026-03-01T00:00:00'],
    ['HH:mm tt', '13:30 PM', '2026-03-01T13:30:00'],
    ['yyyy-MM', '2021-02', '2021-02-01T00:00:00'],
    ['MM/dd', '02/03', '2026-02-03T00:00:00'],
    ['yyyyMMddHHmmss.fZ', '20150123105347.1Z', '2015-01-23T10:53:47'],
    ['yyyy-MM-dd HH:mm:ss.FFF', '2021-01-01 10:00:00', '2021-01-01T10:00:00'],
    ['yyyy-MM-ddTHH:mm:ssK', '2021-01-01T10:00:00+0230', '2021-01-01T07:30:00'],
    ['yyyy-MM-ddTHH:mmz', '2021-01-01T10:00-5', '2021-01-01T15:00:00'],
    ['yyyy-MM-ddTHH:mmzz', '2021-01-01T10:00-05', '2021-01-01T15:00:00'],
    ['dd MM yyyy dd', '05 03 2021 05', '2021-03-05T00:00:00'],
    ['d', '03/05/2021', '2021-03-05T00:00:00'],
    ['r', 'Fri, 05 Mar 2021 13:07:00 GMT', '2021-03-05T13:07:00'],
    ['yyyy-MM-dd', ' 2021-03-05\t', '2021-03-05T00:00:00'],
    ['yyyy', '0021', '0021-01-01T00:00:00'],
  ])('%s: %s', (format, text, result) => {
    expect(reformat(format, text, 's')).toBe(result)
  })

  test.each([
    ['yyyy-MM-dd', '2021-02-29'],
    ['yyyy-MM-dd', '2021-13-01'],
    ['yyyy-MM-dd', '2021-3-05'],
    ['yyyy-MM-dd', '2021-03-05x'],
    ['yyyy-MM-dd', '0000-01-01'],
    ['dd MM yyyy dd', '05 03 2021 06'],
    ['ddd d MMM yyyy', 'Mon 5 Mar 2021'],
    ['HH:mm', '24:00'],
    ['HH:mm', '23:60'],
    ['h tt', '13 PM'],
    ['HH tt', '13 AM'],
    ['HH zzz', '10 +15:00'],
    ['HH zzz', '10 +02:60'],
    ['HH zzz', '10 Z'],
    ['fff', '12'],
    ['MMM', 'Foo'],
  ])('%s is not %s', (format, text) => {
    expect(() => reformat(format, text, 's')).toThrow(`"${text}" is not a date of the form ${format}`)
  })

  test('by the styles given', () => {
    const K = 'yyyy-MM-ddTHHK'
    const out = (text: string, styles: string) => reformat(K, text, 'HHK', readStyles(styles))
    expect(out('2021-01-01T10Z', '')).toBe('10Z')
    expect(out('2021-01-01T10Z', 'None')).toBe('10+00:00')
    expect(out('2021-01-01T10+02:00', 'adjustToUniversal')).toBe('08Z')
    expect(out('2021-01-01T10', 'None')).toBe('10')
    expect(out('2021-01-01T10', 'AssumeUniversal')).toBe('10+00:00')
    expect(out('2021-01-01T10', 'AssumeUniversal, AdjustToUniversal')).toBe('10Z')
    expect(() => out(' 2021-01-01T10', 'None')).toThrow('is not a date of the form')
  })
})

describe('a date without a format', () => {
  test.each([
    '2021-13-45',
    '2021-02-29',
    '2021-00-01',
    '2021-01-01T24:00',
    '2021-01-01T10:60',
    '2021-01-01T10:00:60',
    '2021-01-01T10:00+15:00',
    '2021-01-01T10:00+02:75',
    '13/1/2021',
    '2/30/2021',
    '1/1/2021 13:00 PM',
    '0000-01-01',
  ])('%s does not exist', (text) => {
    expect(() => readDate(text)).toThrow(`"${text}" is not a date: there is no such day or time`)
  })

  test('early years are not those of the twentieth century', () => {
    expect(new Date(readDate('0021-05-06')).toISOString()).toBe('0021-05-06T00:00:00.000Z')
  })
})

test('what is written with all its digits is read again', () => {
  const time = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  })
  const format = fc.constantFrom(
    'o',
    'yyyy-MM-dd HH:mm:ss.fffffff',
    'fffffff dddd d MMMM yyyy h:mm:ss tt',
    "zzz 'on' ddd MMM d H:m:s.FFFFFFF yyyy",
  )
  fc.assert(
    fc.property(time, fc.nat(9999), format, (date, ticks, wanted) => {
      const text = formatDate({ time: date.getTime(), ticks, kind: 'utc' }, wanted)
      expect(parseDateBy(wanted, text, DEFAULT, NOW)).toMatchObject({ time: date.getTime(), ticks })
    }),
  )
})
