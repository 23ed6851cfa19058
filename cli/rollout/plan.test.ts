import { expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { NO_FLEET, parseRollout } from '../../config/fleet.ts'
import { checkRings, planRings, withoutCanary } from './plan.ts'
import { parallelFor, Slots, thisMachine } from './slots.ts'

const fleet = {
  ...NO_FLEET,
  rollout: parseRollout(`
rings:
  - { name: canary, stacks: [contoso] }
  - { name: europe, labels: [eu], approve: true, failBudget: 5 }
  - { name: empty, stacks: [nobody] }
  - { name: wide, stacks: ['w*'] }
`),
}
const settings: Record<string, object> = { adatum: { labels: ['eu'] }, broken: {} }
const plan = (stacks: string[], options = {}) =>
  planRings(stacks, (stack) => (settings[stack] ?? {}) as Record<string, unknown>, fleet, options)

test('the canary first, then each ring in its turn, then who is in none; rings without stacks are left out', () => {
  const rings = plan(['adatum', 'broken', 'contoso', 'wide-world'])
  expect(rings.map(({ name, stacks, approve, failBudget }) => [name, stacks, approve, failBudget])).toEqual([
    ['canary', ['contoso'], false, 1],
    ['europe', ['adatum'], true, 5],
    ['wide', ['wide-world'], false, 3],
    ['rest', ['broken'], false, 3],
  ])
})

test('without rings there is one of all', () => {
  const [rest, ...more] = planRings(['b', 'a'], () => ({}), NO_FLEET)
  expect([rest, more]).toEqual([
    { name: 'rest', stacks: ['b', 'a'], approve: false, failBudget: 3, gates: { maxFailures: 0, forecast: {} } },
    [],
  ])
})

test('one ring alone, and another budget, where asked for', () => {
  const rings = plan(['adatum', 'contoso'], { ring: 'europe', failBudget: 9 })
  expect(rings.map(({ name, failBudget }) => [name, failBudget])).toEqual([['europe', 9]])
  expect(() => plan(['adatum'], { ring: 'asia' })).toThrow(
    "there is no ring 'asia'; there are canary, europe, empty, wide, rest",
  )
})

test('each stack has its turn exactly once', () => {
  const names = fc.uniqueArray(fc.constantFrom('contoso', 'adatum', 'w1', 'w2', 'x', 'y'))
  fc.assert(
    fc.property(names, (stacks) => {
      const planned = plan(stacks).flatMap((ring) => ring.stacks)
      expect(planned.toSorted()).toEqual(stacks.toSorted())
    }),
  )
})

test('a ring that names a stack which is not there is refused: a misspelt canary would be none', () => {
  const rings = (yaml: string) => ({ ...NO_FLEET, rollout: parseRollout(`rings: [${yaml}]`) })
  const all = ['contoso', 'eu-1']
  expect(() => checkRings(rings('{ name: c, stacks: [contosa, eu-1] }'), all)).toThrow(
    "stacks/rollout.yaml, rings[0].stacks (ring c): there is no stack 'contosa'; there are contoso, eu-1, and patterns",
  )
  const patterns = rings("{ name: c, stacks: ['us-*'] }, { name: d, stacks: ['eu-?'] }")
  expect(() => checkRings(patterns, all)).not.toThrow()
  expect(withoutCanary(patterns, all, () => ({}))).toMatch(
    /^ring c, the first .* has no stack: nobody is updated before/,
  )
  expect(withoutCanary(patterns, [...all, 'us-1'], () => ({}))).toBeUndefined()
  expect(withoutCanary(NO_FLEET, all, () => ({}))).toBeUndefined()
})

test('memory is what this process may use, which a container limits', () => {
  const limited = jest.spyOn(process, 'availableMemory').mockReturnValue(700 * 1024 * 1024)
  expect(parallelFor({ ...thisMachine(), cores: 8 }, undefined)).toBe(2)
  limited.mockRestore()
})

test.each([
  [{ cores: 2, freeMemory: 24e9 }, undefined, 8],
  [{ cores: 2, freeMemory: 24e9 }, 4, 4],
  [{ cores: 16, freeMemory: 1e9 }, undefined, 3],
  [{ cores: 1, freeMemory: 1e6 }, undefined, 1],
])('engines at a time: %j, at most %s', (machine, limit, expected) => {
  expect(parallelFor(machine, limit)).toBe(expected)
})

test('no more than so many at a time, and all in the end, whoever fails', async () => {
  const slots = new Slots(2)
  let [now, most] = [0, 0]
  const work = (index: number) =>
    slots.use(async () => {
      now += 1
      most = Math.max(most, now)
      await Promise.resolve()
      now -= 1
      if (index % 2) throw new Error('odd')
      return index
    })
  const settled = await Promise.allSettled([0, 1, 2, 3, 4].map(work))
  expect([most, settled.filter(({ status }) => status === 'fulfilled').length]).toEqual([2, 3])
})
