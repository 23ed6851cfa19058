import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Filter, PatchPath } from './ast.ts'
import { parsePatchPath } from './parse.ts'

const reserved = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'and', 'or', 'not']
const name = fc
  .stringMatching(/^[A-Za-z$][A-Za-z0-9$_-]{0,8}$/)
  .filter((each) => !reserved.includes(each.toLowerCase()))
const urn = fc.constantFrom('', 'urn:ietf:params:scim:schemas:core:2.0:User:', 'urn:example:a-b:2.0:User:')
const literal = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null))
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')

const filter = fc.letrec<{ filter: Filter }>((tie) => {
  const several = fc.array(tie('filter'), { minLength: 2, maxLength: 3 })
  return {
    filter: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'filter' },
      fc.record({ kind: fc.constant('compare'), path: name, operator, value: literal }),
      fc.record({ kind: fc.constant('present'), path: name }),
      fc.record({ kind: fc.constantFrom('and', 'or'), filters: several }),
      fc.record({ kind: fc.constant('not'), filter: tie('filter') }),
    ) as fc.Arbitrary<Filter>,
  }
}).filter

const path: fc.Arbitrary<PatchPath> = fc.oneof(
  fc.record({ path: fc.tuple(urn, name).map((parts) => parts.join('')) }),
  fc.record({ path: fc.tuple(urn, name, name).map(([prefix, whole, part]) => `${prefix}${whole}.${part}`) }),
  fc.record({ path: name, filter }),
  fc.record({ path: name, filter, sub: name }),
)

function printFilter(each: Filter): string {
  switch (each.kind) {
    case 'compare':
      return `${each.path} ${each.operator} ${JSON.stringify(each.value)}`
    case 'present':
      return `${each.path} pr`
    case 'not':
      return `not (${printFilter(each.filter)})`
    case 'element':
      return `${each.path}[${printFilter(each.filter)}]`
    default:
      return each.filters.map((part) => `(${printFilter(part)})`).join(` ${each.kind} `)
  }
}

const print = ({ path, filter, sub }: PatchPath): string =>
  `${path}${filter ? `[${printFilter(filter)}]` : ''}${sub ? `.${sub}` : ''}`

test('a PATCH path that was written out is read as it was', () => {
  fc.assert(fc.property(path, (each) => expect(parsePatchPath(print(each), 'strict')).toEqual(each)))
})
