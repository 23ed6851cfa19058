import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { azureMatrix } from './azureMatrix.ts'

test('a stack is a leg of its name, as far as Azure takes it', () => {
  expect(azureMatrix(['contoso', 'north.wind-2', '3m', 'north-wind_2'])).toEqual({
    contoso: { stack: 'contoso' },
    north_wind_2: { stack: 'north.wind-2' },
    s_3m: { stack: '3m' },
    north_wind_2_2: { stack: 'north-wind_2' },
  })
  expect(azureMatrix([])).toEqual({})
})

test('whatever the stacks are called, each has one leg, of a name that is allowed and its own', () => {
  const stack = fc.stringMatching(/^[\w.-]+$/)
  fc.assert(
    fc.property(fc.uniqueArray(stack), (stacks) => {
      const matrix = azureMatrix(stacks)
      const names = Object.keys(matrix)
      expect(
        Object.values(matrix)
          .map((leg) => leg.stack)
          .sort(),
      ).toEqual([...stacks].sort())
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(stacks.length)
      expect(names.filter((name) => !/^[A-Za-z]\w*$/.test(name))).toEqual([])
    }),
  )
})
