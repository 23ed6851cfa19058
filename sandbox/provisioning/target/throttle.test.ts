import { expect, test } from '@jest/globals'
import { pacing, retryAfterMs } from './throttle.ts'

const NOW = Date.parse('2026-03-01T08:00:00Z')

test.each([
  ['2', 2000],
  ['Sun, 01 Mar 2026 08:00:05 GMT', 5000],
  ['Sun, 01 Mar 2026 07:00:00 GMT', 0],
  ['soon', null],
  [undefined, null],
])('Retry-After %s asks for %s ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms)
})

test('all requests wait while one was asked to', async () => {
  const asked: number[] = []
  let over = () => {}
  const pace = pacing(true, (ms) => {
    asked.push(ms)
    return new Promise<void>((resolve) => {
      over = resolve
    })
  })
  expect([pace.throttled('2', 1), pace.throttled('2', 1)]).toEqual([true, true])
  let ready = false
  const other = pace.ready().then(() => {
    ready = true
  })
  await new Promise(setImmediate)
  expect([asked, ready]).toEqual([[2000], false])
  over()
  await other
  expect(ready).toBe(true)
})

test.each([
  ['a pause of more than 30 s', true, '31', 1],
  ['the fourth refusal of one request', true, '1', 4],
  ['no Retry-After', true, undefined, 1],
  ['a service told to ignore it', false, '1', 1],
] as const)('%s is not waited for', (_, honoured, header, attempt) => {
  expect(pacing(honoured, () => Promise.resolve()).throttled(header, attempt)).toBe(false)
})
