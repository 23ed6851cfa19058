import { expect, test } from '@jest/globals'
import { parseRollout } from './fleet.ts'
import { matches, ringOf } from './rollout.ts'

const RINGS = `
rings:
  - { name: canary, stacks: [contoso], gates: { forecast: { maxDisables: 0 } } }
  - { name: early, labels: [eu], stacks: [pilot-*] }
  - { name: rest, stacks: ['*'], approve: true, gates: { maxFailures: 2 } }
`

test('a stack is in the first ring that names it, by a pattern too, or by one of its labels', () => {
  const rollout = parseRollout(RINGS)
  const of = (stack: string, ...labels: string[]) => ringOf(rollout, stack, labels)?.name
  expect([of('contoso', 'eu'), of('fabrikam', 'us', 'eu'), of('pilot-7'), of('fabrikam')]).toEqual([
    'canary',
    'early',
    'early',
    'rest',
  ])
  expect(ringOf(parseRollout('rings: [{ name: a, stacks: [b] }]'), 'c', [])).toBeUndefined()
})

test('what is left out is the careful choice', () => {
  const { rings, limits } = parseRollout(RINGS)
  expect(limits).toEqual({})
  expect(rings[0]).toMatchObject({ approve: false, gates: { maxFailures: 0, forecast: { maxDisables: 0 } } })
  expect(rings[2]).toMatchObject({ approve: true, gates: { maxFailures: 2, forecast: {} } })
  expect(parseRollout('')).toEqual({ rings: [], limits: {} })
})

test.each([
  ['pilot-*', 'pilot-1', true],
  ['pilot-*', 'a-pilot-1', false],
  ['a.c', 'abc', false],
  ['a?c', 'abc', true],
  ['(a|b)', 'a', false],
])('%s matches %s: %s', (pattern, stack, expected) => {
  expect(matches(pattern, stack)).toBe(expected)
})

test('everything wrong is said at once, with its place', () => {
  const yaml = `
rings:
  - { name: canary }
  - { name: canary, stacks: [a], aprove: true, gates: { maxFailures: -1 } }
limits: { parallel: 0 }
`
  expect(() => parseRollout(yaml)).toThrow(
    expect.objectContaining({
      faults: [
        expect.stringMatching(/^rings\[0\]\.stacks is missing: it must name what belongs to it/),
        expect.stringMatching(/^rings\[1\]\.gates\.maxFailures is -1 \(in stacks\/rollout\.yaml\): .*0 or more/),
        expect.stringMatching(/^rings\[1\]\.aprove is not a setting .*did you mean approve/),
        expect.stringMatching(/^limits\.parallel is 0 .*1 or more/),
        expect.stringMatching(/^rings\[1\]\.name is "canary" .*another ring has that name/),
      ],
    }),
  )
  expect(() => parseRollout('rings: [')).toThrow('in stacks/rollout.yaml')
})
