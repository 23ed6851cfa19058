import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mergeLayers } from './layers.ts'

const own = (settings: Record<string, unknown>) => ({ source: 'own', settings })
const ring = (settings: Record<string, unknown>) => ({ source: 'ring', settings })
const all = (settings: Record<string, unknown>) => ({ source: 'all', settings })

test('the strongest wins; objects merge by key, lists replace; each value is traced to where it stands', () => {
  const { settings, sourceOf } = mergeLayers([
    own({ target: { clientId: 'c' }, assignments: { groups: ['mine'] } }),
    ring({ scope: 'all', accidentalDeletions: { threshold: 5 } }),
    all({
      scope: 'assigned',
      target: { kind: 'external', tenantUrl: 'u' },
      assignments: { groups: ['theirs', 'more'], role: 'User' },
      accidentalDeletions: { enabled: true, threshold: 9 },
    }),
  ])
  expect(settings).toEqual({
    scope: 'all',
    target: { kind: 'external', tenantUrl: 'u', clientId: 'c' },
    assignments: { groups: ['mine'], role: 'User' },
    accidentalDeletions: { enabled: true, threshold: 5 },
  })
  const where = (...path: (string | number)[]) => sourceOf(path)
  expect([where('target', 'clientId'), where('assignments', 'groups', 0)]).toEqual(['own', 'own'])
  expect([where('scope'), where('accidentalDeletions', 'threshold')]).toEqual(['ring', 'ring'])
  expect([where('target', 'tenantUrl'), where('assignments', 'role')]).toEqual(['all', 'all'])
  expect(where('labels')).toBeUndefined()
})

test('an object of another kind replaces, as its keys mean something else', () => {
  const { settings, sourceOf } = mergeLayers([
    own({ target: { kind: 'local' } }),
    all({ target: { kind: 'external', tenantUrl: 'u' } }),
  ])
  expect(settings).toEqual({ target: { kind: 'local' } })
  expect(sourceOf(['target', 'tenantUrl'])).toBeUndefined()
})

test('an object that Pulumi hands over as text merges all the same, and an encrypted value is one value', () => {
  const { settings } = mergeLayers([
    own({ target: '{"clientId":"c","clientSecret":{"secure":"v1:b"}}', displayName: '{"not":"an object"}' }),
    all({ target: { kind: 'external', clientSecret: { secure: 'v1:a' } }, displayName: 'x' }),
  ])
  expect(settings).toEqual({
    target: { kind: 'external', clientId: 'c', clientSecret: { secure: 'v1:b' } },
    displayName: '{"not":"an object"}',
  })
})

const bag = fc.letrec<{ value: unknown; bag: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer(), { maxLength: 2 }), tie('bag')),
  bag: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { maxKeys: 3 }),
})).bag

test('a layer over nothing is itself, and over itself changes nothing', () => {
  fc.assert(
    fc.property(bag, (settings) => {
      expect(mergeLayers([own(settings), all({})]).settings).toEqual(settings)
      expect(mergeLayers([own(settings), all(settings)]).settings).toEqual(settings)
    }),
  )
})

test('the result has no value that does not stand where it is said to', () => {
  fc.assert(
    fc.property(bag, bag, bag, (one, two, three) => {
      const layers = { own: one, ring: two, all: three } as Record<string, unknown>
      const { settings, sourceOf } = mergeLayers([own(one), ring(two), all(three)])
      for (const [path, value] of leaves(settings)) {
        const source = sourceOf(path)!
        const found = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], layers[source])
        expect(found).toEqual(value)
      }
    }),
  )
})

function leaves(value: unknown, path: string[] = []): [string[], unknown][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}
