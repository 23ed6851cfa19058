import { describe, expect, test } from '@jest/globals'
import { compileScope, compileScopeDetails, DEFAULT_SCOPE_OPTIONS } from './scope.ts'
import type { Value } from './values.ts'

type Clause = [attribute: string, operator: string, ...values: string[]]

const filterGroups = (groups: Clause[][]) =>
  groups.map((clauses, i) => ({
    name: `group ${i}`,
    clauses: clauses.map(([sourceOperandName, operatorName, ...values]) => ({
      sourceOperandName,
      operatorName,
      targetOperand: { values },
    })),
  }))

const scope = (...groups: Clause[][]) => compileScope(filterGroups(groups))

const accepts = (groups: Clause[][], attributes: Record<string, Value>): boolean =>
  scope(...groups)((name) => attributes[name] ?? null)

const ANY_AT_DOMAIN = '.*\\@domain.com'

describe('a clause', () => {
  test.each<[Clause, Value, boolean]>([
    [['userPrincipalName', 'REGEX MATCH', ANY_AT_DOMAIN], 'a@domain.com', true],
    [['userPrincipalName', 'REGEX MATCH', ANY_AT_DOMAIN], 'a@other.com', false],
    [['userPrincipalName', 'NOT REGEX MATCH', ANY_AT_DOMAIN], 'a@other.com', true],
    [['userPrincipalName', 'NOT REGEX MATCH', ANY_AT_DOMAIN], 'a@domain.com', false],
    [['userPrincipalName', 'NOT REGEX MATCH', ANY_AT_DOMAIN], null, false],
    [['department', 'EQUALS', 'sales'], 'sales', true],
    [['department', 'EQUALS', 'sales'], 'Sales', false],
    [['department', 'EQUALS', 'sales'], null, false],
    [['department', 'NOT EQUALS', 'sales'], 'hr', true],
    [['department', 'NOT EQUALS', 'sales'], 'sales', false],
    [['department', 'NOT EQUALS', 'sales'], null, false],
    [['workerID', 'REGEX MATCH', '(1[0-9][0-9][0-9][0-9][0-9][0-9])'], '1999999', true],
    [['workerID', 'REGEX MATCH', '(1[0-9][0-9][0-9][0-9][0-9][0-9])'], '2000000', false],
    [['givenName', 'REGEX MATCH', '^\\w+$'], 'Žiga', true],
    [['givenName', 'REGEX MATCH', '^\\p{L}+$'], 'Rafał', true],
    [['givenName', 'NOT REGEX MATCH', '\\A[A-Z]'], 'Chloé', false],
    [['givenName', 'REGEX MATCH', '(?i)anna'], 'Anna', true],
    [['accountEnabled', 'IS TRUE'], true, true],
    [['accountEnabled', 'IS TRUE'], false, false],
    [['accountEnabled', 'IS FALSE'], false, true],
    [['accountEnabled', 'IS FALSE'], null, false],
    [['mail', 'IS NULL'], null, true],
    [['mail', 'IS NULL'], 'a', false],
    [['mail', 'IS NOT NULL'], 'a', true],
    [['mail', 'IS NOT NULL'], null, false],
    [['grade', 'Greater_Than', '5'], '6', true],
    [['grade', 'Greater_Than', '5'], 5, false],
    [['grade', 'Greater_Than', '5'], 'x', false],
    [['grade', 'Greater_Than_OR_EQUALS', '5'], '5', true],
    [['title', 'Includes', 'Lead'], 'Team Lead', true],
    [['title', 'Includes', 'lead'], 'Team Lead', false],
    [['mail', 'ENDS_WITH', '@a.test'], 'x@a.test', true],
    [['mail', 'ENDS_WITH', '@A.test'], 'x@a.test', false],
    [['flags', '&', '6'], '2', true],
    [['flags', '&', '6'], '8', false],
    [['flags', '&', '6'], null, false],
    [['flags', '!&', '6'], '8', true],
    [['flags', '!&', '6'], '2', false],
    [['flags', '!&', '6'], null, false],
  ])('%j for %j is %s', (clause, value, result) => {
    expect(accepts([[clause]], { [clause[0]]: value })).toBe(result)
  })
})

test('clauses of a group are joined with AND, groups with OR', () => {
  const groups: Clause[][] = [
    [
      ['department', 'EQUALS', 'sales'],
      ['country', 'EQUALS', 'FI'],
    ],
    [['department', 'EQUALS', 'hr']],
  ]
  expect(accepts(groups, { department: 'sales', country: 'FI' })).toBe(true)
  expect(accepts(groups, { department: 'hr', country: 'SE' })).toBe(true)
  expect(accepts(groups, { department: 'sales', country: 'SE' })).toBe(false)
})

describe('where the published rules leave a choice', () => {
  const under = (options: object, clause: Clause, value: Value) =>
    compileScope(filterGroups([[clause]]), { ...DEFAULT_SCOPE_OPTIONS, ...options })(() => value)

  test('a regular expression can be made to match the whole value', () => {
    expect(under({}, ['a', 'REGEX MATCH', 'b'], 'abc')).toBe(true)
    expect(under({ regexMatch: 'whole' }, ['a', 'REGEX MATCH', 'b'], 'abc')).toBe(false)
    expect(under({ regexMatch: 'whole' }, ['a', 'REGEX MATCH', 'x|abc'], 'abc')).toBe(true)
  })

  test('& and !& can be made to look for the value in a list', () => {
    expect(under({ ampersand: 'oneOf' }, ['country', '&', 'FI, SE'], 'SE')).toBe(true)
    expect(under({ ampersand: 'oneOf' }, ['country', '!&', 'FI, SE'], 'NO')).toBe(true)
  })
})

test('each clause is told with whether it holds', () => {
  const details = compileScopeDetails(filterGroups([[['department', 'EQUALS', 'sales']], [['mail', 'IS NOT NULL']]]))
  expect(details((name) => (name === 'mail' ? 'a' : 'hr'))).toEqual({
    "group 0.department EQUALS 'sales'": false,
    'group 1.mail IS NOT NULL': true,
  })
})

test('no group accepts everything', () => {
  expect(accepts([], {})).toBe(true)
})

test.each<[Clause, string]>([
  [['a', 'LIKE', 'x'], 'unknown operator "LIKE"; allowed: EQUALS'],
  [['manager', 'EQUALS', 'x'], 'cannot be used in a filter'],
  [['a', 'EQUALS'], 'EQUALS needs a value'],
  [['a', 'Greater_Than', 'x'], '"x" is not a whole number'],
  [['a', 'REGEX MATCH', '('], 'Scoping filter on a: "(" is not a valid regular expression: a group is not closed'],
  [['a', 'NOT REGEX MATCH', '(?>a)'], 'Scoping filter on a: The regular expression "(?>a)" cannot be used here'],
])('%j cannot be compiled', (clause, message) => {
  expect(() => scope([clause])).toThrow(message)
})
