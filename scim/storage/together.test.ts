import { expect, test } from '@jest/globals'
import { together } from './together.ts'

test('what is asked for at once is a batch, and so is what comes while it is on its way, no larger than allowed, in order', async () => {
  const batches: number[][] = []
  const later: Promise<number>[] = []
  const double = together(async (items: number[]) => {
    batches.push(items)
    if (batches.length === 1) later.push(double(6), double(7))
    await Promise.resolve()
    return items.map((item) => item * 2)
  }, 3)
  expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10])
  expect(await Promise.all(later)).toEqual([12, 14])
  expect(await double(8)).toBe(16)
  expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7], [8]])
})

test('a batch that fails fails each of its items, and none of the next batch', async () => {
  const work = together(async (items: string[]) => {
    if (items.includes('bad')) throw new Error('no')
    return items
  }, 2)
  const outcomes = await Promise.allSettled(['a', 'bad', 'b', 'c'].map(work))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled'])
})
