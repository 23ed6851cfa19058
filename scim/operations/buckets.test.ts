import { expect, test } from '@jest/globals'
import { openBuckets } from './buckets.ts'

const rate = { perSecond: 2, burst: 3 }
function setup() {
  const clock = { now: 1_000_000 }
  const buckets = openBuckets(() => clock.now)
  return { clock, take: (key = 'a') => buckets.take(key, rate), wait: (key = 'a') => buckets.wait(key, rate) }
}

test('a burst is allowed after a quiet time, then the rate; who is refused is told for how long', () => {
  const { clock, take } = setup()
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 1])
  clock.now += 499
  expect(take()).toBe(1)
  clock.now += 1
  expect([take(), take()]).toEqual([0, 1])
  clock.now += 10_000
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 1])
})

test('keys do not share', () => {
  const { take } = setup()
  for (let n = 0; n < 5; n++) take('a')
  expect(take('b')).toBe(0)
})

test('asking takes nothing', () => {
  const { take, wait } = setup()
  for (let n = 0; n < 10; n++) expect(wait()).toBe(0)
  for (let n = 0; n < 3; n++) take()
  expect(wait()).toBe(1)
})

test('a slow rate tells a long wait', () => {
  const buckets = openBuckets(() => 0)
  const slow = { perSecond: 1 / 30, burst: 1 }
  expect([buckets.take('a', slow), buckets.take('a', slow)]).toEqual([0, 30])
})
