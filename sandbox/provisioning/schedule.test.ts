import { expect, test } from '@jest/globals'
import { durationMs } from './schedule.ts'

test.each([
  ['PT40M', 2_400_000],
  ['P1DT1H', 90_000_000],
  ['P10675199DT2H48M5S', 922_337_203_685_000],
])('%s is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test('what is not a duration is named', () => {
  expect(() => durationMs('40')).toThrow('"40" is not a duration such as PT40M')
})
