import { expect, test } from '@jest/globals'
import { together } from './together.ts'

test('what is asked for while a batch is on its way makes the next one, no larger than allowed, in order', async () => {
  const batches: number[][] = []
  const double = together(async (items: number[]) => {
    batches.push(items)
    await Promise.resolve()
    return items.map((item) => item * 2)
  }, 3)
  expect(await Promise.all([1, 2, 3, 4, 5, 6].map(double))).toEqual([2, 4, 6, 8, 10, 12])
  expect(await double(7)).toBe(14)
  expect(batches).toEqual([[1], [2, 3, 4], [5, 6], [7]])
})

test('a batch that fails fails each of its items, and none of the next batch', async () => {
  const work = together(async (items: string[]) => {
    if (items.includes('bad')) throw new Error('no')
    return items
  }, 2)
  const outcomes = await Promise.allSettled(['a', 'bad', 'b', 'c'].map(work))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
})
