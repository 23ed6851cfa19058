import type { Attribute } from '../schema/model.ts'
import type { Literals } from './ast.ts'
import { comparisonKey } from './fold.ts'
import { readInstant } from './instant.ts'
import type { PlanOperator, PlanValue } from './plan.ts'

const equality: PlanOperator[] = ['eq']
const order: PlanOperator[] = [...equality, 'gt', 'ge', 'lt', 'le']
const text: PlanOperator[] = [...order, 'co', 'sw', 'ew']

/** What values of an attribute's type can be compared by: RFC 7644 §3.4.2.2, Table 3. */
export function operatorsOf({ type }: Attribute): PlanOperator[] {
  switch (type) {
    case 'boolean':
    case 'binary':
      return equality
    case 'integer':
    case 'decimal':
    case 'dateTime':
      return order
    default:
      return text
  }
}

/** The value in the form in which the attribute's values compare; undefined where it is of another type. */
export function typedValue(
  attribute: Attribute,
  value: string | number | boolean,
  literals: Literals,
): PlanValue | undefined {
  const lenient = literals === 'lenient'
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : lenient ? booleans[String(value).toLowerCase()] : undefined
    case 'integer':
    case 'decimal': {
      const number = typeof value === 'string' && lenient ? readNumber(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined
    }
    case 'dateTime':
      return typeof value === 'string' ? readInstant(value) : undefined
    default: {
      const given = typeof value === 'number' && lenient ? String(value) : value
      return typeof given === 'string' && !given.includes('\0') ? comparisonKey(attribute, given) : undefined
    }
  }
}

const booleans: Record<string, boolean | undefined> = Object.assign(Object.create(null), { true: true, false: false })

function readNumber(value: string): number | undefined {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined
}
