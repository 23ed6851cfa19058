import type { Attribute } from '../schema/model.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { comparisonKey } from './fold.ts'
import { readInstant } from './instant.ts'
import type { Plan, PlanOperator, PlanValue } from './plan.ts'

export type Json = Record<string, unknown>

/** Whether a resource, or one element of a multi-valued attribute, satisfies a plan. The reference for the SQL compiler. */
export function matches(plan: Plan, value: Json): boolean {
  switch (plan.kind) {
    case 'and':
      return plan.plans.every((each) => matches(each, value))
    case 'or':
      return plan.plans.some((each) => matches(each, value))
    case 'not':
      return !matches(plan.plan, value)
    case 'element':
      return valuesAt(value, plan.target).some((element) => matches(plan.plan, element as Json))
    case 'present':
      return valuesAt(value, plan.target).some(isPresent)
    case 'compare': {
      const attribute = plan.target.sub ?? plan.target.attribute
      return valuesAt(value, plan.target).some((each) => compares(attribute, each, plan.operator, plan.value))
    }
  }
}

/** All values of the attribute, of all elements. */
export function valuesAt(value: Json, { schema, attribute, sub }: ResolvedAttribute): unknown[] {
  const holder = schema ? (value[schema.id] as Json | undefined) : value
  const found = list(holder?.[attribute.name])
  return sub ? found.flatMap((each) => list((each as Json)[sub.name])) : found
}

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function isPresent(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isPresent)
  return value !== undefined && value !== null && value !== ''
}

function compares(attribute: Attribute, stored: unknown, operator: PlanOperator, wanted: PlanValue): boolean {
  if (typeof wanted === 'boolean') return stored === wanted
  if (typeof wanted === 'number') return typeof stored === 'number' && inOrder(stored - wanted, operator)
  const text = attribute.type === 'dateTime' ? readInstant(String(stored)) : comparisonKey(attribute, String(stored))
  if (text === undefined) return false
  return textMatches(text, operator, wanted)
}

/** Both in the form of `comparisonKey`. */
export function textMatches(text: string, operator: PlanOperator, wanted: string): boolean {
  switch (operator) {
    case 'co':
      return text.includes(wanted)
    case 'sw':
      return text.startsWith(wanted)
    case 'ew':
      return text.endsWith(wanted)
    default:
      return inOrder(compareText(text, wanted), operator)
  }
}

function inOrder(difference: number, operator: PlanOperator): boolean {
  switch (operator) {
    case 'gt':
      return difference > 0
    case 'ge':
      return difference >= 0
    case 'lt':
      return difference < 0
    case 'le':
      return difference <= 0
    default:
      return difference === 0
  }
}

/** The order of the database's collation "C", which is that of code points, not of UTF-16 units. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
