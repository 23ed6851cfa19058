import { describe, expect, test } from '@jest/globals'
import { attribute, plural } from '../schema/model.ts'
import { leniencesOf } from '../tenant/profile.ts'
import { readValue } from './values.ts'

const { entra, strict } = leniencesOf
const of = (type: Parameters<typeof attribute>[1], more = {}) => attribute('a', type, '', more)
const emails = plural('emails', '', attribute('value', 'string', ''))
const refused = expect.objectContaining({ status: 400, scimType: 'invalidValue' })

describe('values of simple types', () => {
  test.each([
    [of('boolean'), 'False', false],
    [of('boolean'), 'false', false],
    [of('boolean'), 'True', true],
    [of('integer'), -5, -5],
    [of('decimal'), 1.5, 1.5],
    [of('dateTime'), '2026-01-31T08:00:00.5+02:00', '2026-01-31T08:00:00.5+02:00'],
    [of('binary'), 'YWJj', 'YWJj'],
    [of('binary'), 'YQ==', 'YQ=='],
    [of('binary'), 'YQ', 'YQ'],
    [of('reference'), 'https://x.test/a%20b?c#d', 'https://x.test/a%20b?c#d'],
    [of('reference'), '../Users/1', '../Users/1'],
    [of('string'), ' kept as it is ', ' kept as it is '],
  ])('%#: are stored as they were given (N6)', (attribute, given, stored) => {
    expect(readValue(attribute, given, entra)).toBe(stored)
  })

  test.each([
    ['boolean', 0],
    ['boolean', 'yes'],
    ['integer', 1.5],
    ['integer', '5'],
    ['integer', 2 ** 60],
    ['decimal', '1.5'],
    ['dateTime', '2026-01-31T08:00:00'],
    ['dateTime', '2026-13-31T08:00:00Z'],
    ['dateTime', 'yesterday'],
    ['binary', 'not base64'],
    ['binary', 'YWJjZ'],
    ['reference', 'not a uri'],
    ['reference', 'https://x.test/%zz'],
    ['string', 5],
    ['string', 'x'.repeat(2_001)],
    ['complex', 'x'],
  ] as const)('of %s may not be %j (N6, N7, N10, N11)', (type, value) => {
    expect(() => readValue(of(type), value, entra)).toThrow(refused)
  })
})

describe('nothing', () => {
  test.each([null, '', [], {}, { value: null }])('is %j (N1)', (value) => {
    expect(readValue({ ...emails, multiValued: false }, value, entra)).toBeUndefined()
  })

  test('is what an array of nothing holds, but null is no element (N1, N5)', () => {
    for (const value of [null, [], [{}], [{ value: '' }]]) expect(readValue(emails, value, entra)).toBeUndefined()
    expect(() => readValue(emails, [null], entra)).toThrow(refused)
  })

  test('is not "" to the strict profile (N3)', () => {
    expect(readValue(of('string'), '', strict)).toBe('')
  })
})

describe('multi-valued attributes', () => {
  test('take one object, not text (N7, N8)', () => {
    expect(readValue(emails, { value: 'a@x' }, entra)).toEqual([{ value: 'a@x' }])
    expect(() => readValue(emails, 'a@x', entra)).toThrow(refused)
    expect(() => readValue(emails, ['a@x'], entra)).toThrow(refused)
  })

  test('have at most one primary value (M2)', () => {
    const two = [
      { value: 'a', primary: true },
      { value: 'b', primary: 'True' },
    ]
    expect(() => readValue(emails, two, entra)).toThrow(refused)
  })

  test('hold a type and value once; the later adds to the earlier (P45)', () => {
    const twice = [
      { value: 'A@x', type: 'work', display: 'd' },
      { value: 'b@x', type: 'work' },
      { type: 'WORK', value: 'a@x', primary: true },
    ]
    expect(readValue(emails, twice, entra)).toEqual([
      { type: 'WORK', value: 'a@x', primary: true, display: 'd' },
      { value: 'b@x', type: 'work' },
    ])
  })

  test('of simple type are sets', () => {
    const many = of('string', { multiValued: true })
    expect(readValue(many, ['a', 'A', 'b'], entra)).toEqual(['A', 'b'])
  })
})
