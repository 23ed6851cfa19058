import { expect, test } from '@jest/globals'
import { expiryWarning } from './expiry.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const inDays = (days: number) => new Date(NOW + days * 86_400_000).toISOString()

test('a secret that ends within 30 days is told, with what to do', () => {
  expect(expiryWarning(inDays(29.5), undefined, NOW)).toMatch(
    /ends on 2026-03-31, in 29 days.*entrada:rotation: \{ every: 90d \}, or run npx entrada rotate/,
  )
  expect(expiryWarning(inDays(3), 'by hand', NOW)).toMatch(/ends on 2026-03-04, in 3 days/)
  expect(expiryWarning(inDays(-1), undefined, NOW)).toMatch(/ended on 2026-02-28/)
})

test('one that has longer to go is not, nor one that is replaced by itself, nor one whose end is not known', () => {
  expect(expiryWarning(inDays(30), undefined, NOW)).toBeUndefined()
  expect(expiryWarning(inDays(3), { every: '90d' }, NOW)).toBeUndefined()
  expect(expiryWarning(undefined, undefined, NOW)).toBeUndefined()
  expect(expiryWarning(null, undefined, NOW)).toBeUndefined()
})
