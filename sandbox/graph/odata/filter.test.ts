import { describe, expect, test } from '@jest/globals'
import { compileFilter, type FilterScope, isAdvanced } from './evaluate.ts'
import { parseFilter } from './filter.ts'

const SCOPE: FilterScope = {
  type: 'microsoft.graph.user',
  properties: new Set([
    'id',
    'displayName',
    'mail',
    'accountEnabled',
    'tags',
    'age',
    'createdDateTime',
    'servicePrincipal',
    'jobId',
  ]),
}

const ITEM = {
  id: '8adf8e6e-67b2-4cf2-a259-e3dc5476c621',
  displayName: "Seán O'Brien",
  mail: null,
  accountEnabled: true,
  tags: ['HideApp', 'entrada:1'],
  age: 42,
  createdDateTime: '2026-08-20T10:00:00Z',
  servicePrincipal: { id: 'sp1' },
  jobId: 'mfiles.abc',
}

describe('$filter', () => {
  test.each([
    ["displayName eq 'seán o''brien'", true],
    ["displayName ne 'Other'", true],
    ["startswith(displayName,'Se')", true],
    ["startswith(displayName, 'Se') eq true", true],
    ["endsWith(displayName,'brien')", true],
    ["contains(displayName,'xyz')", false],
    ["contains(tolower(servicePrincipal/id),'sp1')", true],
    ['mail eq null', true],
    ['accountEnabled eq true', true],
    ['accountEnabled eq false', false],
    ["displayName eq 'constructor'", false],
    ["not(displayName eq 'x')", true],
    ['id eq 8adf8e6e-67b2-4cf2-a259-e3dc5476c621', true],
    ["id in ('a', '8adf8e6e-67b2-4cf2-a259-e3dc5476c621')", true],
    ["id in ('a','b')", false],
    ["tags/any(t:t eq 'HideApp')", true],
    ["tags/any(t: startswith(t, 'entrada:'))", true],
    ["tags/any(x:x eq 'none')", false],
    ['age gt 41 and age lt 43', true],
    ['age ge 43', false],
    ['createdDateTime ge 2026-08-20T10:00:00Z', true],
    ['createdDateTime gt 2026-08-20T12:00:00+02:00', false],
    ["servicePrincipal/id eq 'sp1'", true],
    ["displayName eq 'x' or mail eq null and accountEnabled eq true", true],
    ["(displayName eq 'x' or mail eq null) and accountEnabled eq false", false],
  ])('%s is %s', (text, expected) => {
    expect(compileFilter(parseFilter(text), SCOPE)(ITEM)).toBe(expected)
  })

  test.each([
    'displayName eq',
    "displayName 'x'",
    "displayName eq 'x",
    "eq 'x'",
    "displayName eq 'x' and",
    "(displayName eq 'x'",
    "tags/any(t eq 'x')",
    "displayName eq 'x' )",
  ])('%s is refused with the position of the error', (text) => {
    expect(() => parseFilter(text)).toThrow(/Invalid filter clause: Syntax error at position \d+/)
  })

  test.each(['nope', 'constructor', '__proto__'])('%s, which the type does not have, is named', (name) => {
    expect(() => compileFilter(parseFilter(`${name} eq 'x'`), SCOPE)).toThrow(
      `named '${name}' on type 'microsoft.graph.user'`,
    )
  })

  test('text compares with its case, and names without it, where the scope says so', () => {
    const scope = { ...SCOPE, caseSensitive: true, anyCaseNames: true }
    expect(compileFilter(parseFilter("jobid eq 'mfiles.abc'"), scope)(ITEM)).toBe(true)
    expect(compileFilter(parseFilter("jobid eq 'MFILES.ABC'"), scope)(ITEM)).toBe(false)
  })

  test.each([
    ["displayName eq 'x'", false],
    ["startswith(displayName,'x')", false],
    ["displayName ne 'x'", true],
    ["not startswith(displayName,'x')", true],
    ["id eq 'a' or endsWith(mail,'x')", true],
  ])('%s is an advanced query: %s', (text, expected) => {
    expect(isAdvanced(parseFilter(text))).toBe(expected)
  })
})
