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
  const pace = pacing({ retryAfter: 'honoured', throttledRetrySeconds: [] }, (ms) => {
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
  ['a pause of more than 30 s', 'honoured', '31', 1],
  ['the fourth refusal of one request', 'honoured', '1', 4],
  ['no Retry-After', 'honoured', undefined, 1],
  ['a service told to ignore it', 'ignored', '1', 1],
] as const)('%s is not waited for', (_, retryAfter, header, attempt) => {
  const pace = pacing({ retryAfter, throttledRetrySeconds: [] }, () => Promise.resolve())
  expect(pace.throttled(header, attempt)).toBe(false)
})

test('without a Retry-After that is obeyed, the seconds set for each attempt are waited', async () => {
  const waits: number[] = []
  const wait = async (ms: number) => void waits.push(ms)
  const both = [
    pacing({ retryAfter: 'honoured', throttledRetrySeconds: [1, 5] }, wait),
    pacing({ retryAfter: 'ignored', throttledRetrySeconds: [2] }, wait),
  ] as const
  const tried = []
  for (const [pace, header, attempt] of [
    [both[0], undefined, 1],
    [both[0], undefined, 2],
    [both[0], undefined, 3],
    [both[0], '7', 1],
    [both[1], '7', 1],
    [both[1], '7', 2],
  ] as const) {
    tried.push(pace.throttled(header, attempt))
    await pace.ready()
  }
  expect(tried).toEqual([true, true, false, true, true, false])
  expect(waits).toEqual([1000, 5000, 7000, 2000])
})
