import { knownType } from '../contract/metadata.ts'
import { badRequest } from '../errors.ts'
import type { Comparison, Filter, Literal, Operand } from './filter.ts'

const KINDS: Record<Comparison, string> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
}

/** Types whose values a filter writes in one way only. Ids, times and enum members come with quotes and without. */
const WRITTEN: Record<string, string> = { 'Edm.Boolean': 'boolean', 'Edm.Int32': 'number', 'Edm.String': 'string' }
const EDM: Record<string, string> = { boolean: 'Edm.Boolean', number: 'Edm.Int32', string: 'Edm.String' }

/**
 * @param type with namespace, whose own properties the filter names
 * @throws GraphFailure 400 for a property and a value that are not of one type, such as `accountEnabled eq 'true'`
 */
export function checkOperands(type: string, filter: Filter & { kind: 'compare' | 'in' }): void {
  if (filter.kind === 'in') {
    for (const value of filter.values) checkPair(type, filter.operand, value, 'eq')
    return
  }
  const { left, right, operator } = filter
  if (right.kind === 'literal') checkPair(type, left, right.value, operator)
  if (left.kind === 'literal') checkPair(type, right, left.value, operator)
}

function checkPair(type: string, operand: Operand, value: Literal, operator: Comparison): void {
  if (operand.kind !== 'path' || operand.path.length > 1 || value === null) return
  const { properties } = knownType(type)
  const [name] = operand.path as [string]
  const propertyType = Object.hasOwn(properties, name) ? properties[name]!.type : ''
  const wanted = WRITTEN[propertyType]
  if (wanted === undefined || wanted === typeof value) return
  throw badRequest(
    `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types '${propertyType}' and '${EDM[typeof value]}' for operator kind '${KINDS[operator]}'.`,
    'BadRequest',
  )
}
