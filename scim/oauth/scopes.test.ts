import { expect, test } from '@jest/globals'
import { accessOf, grantedScope } from './scopes.ts'

test.each([
  [undefined, 'full', 'scim'],
  ['', 'full', 'scim'],
  ['scim', 'full', 'scim'],
  ['scim.read', 'full', 'scim.read'],
  ['scim.read  scim', 'full', 'scim'],
  [undefined, 'readOnly', 'scim.read'],
  ['scim.read', 'readOnly', 'scim.read'],
  ['scim', 'readOnly', undefined],
  ['SCIM', 'full', undefined],
  ['scim admin', 'full', undefined],
] as const)('asking for %j with access %s gives %j (A6)', (asked, access, granted) => {
  expect(grantedScope(asked, access)).toBe(granted)
})

test('a token never gives more than its scope, nor more than its configuration has by now', () => {
  expect([accessOf('scim', 'full'), accessOf('scim', 'readOnly')]).toEqual(['full', 'readOnly'])
  expect([accessOf('scim.read', 'full'), accessOf(undefined, 'full')]).toEqual(['readOnly', 'readOnly'])
})
