import type { AttributeDefinition, AttributeType } from '../schema.ts'
import { type Complex, isEmpty, isList, type Scalar, scalarOf, textOf, type Value } from '../values.ts'
import { parsePath, type TargetPath } from './path.ts'

/** A value in the form that SCIM bodies carry. */
export type TargetValue = Scalar | readonly (Scalar | Complex)[]

/** Where a mapping writes, with the traits of the attribute there. */
export interface Target {
  path: TargetPath
  type: AttributeType
  caseExact: boolean
  multivalued: boolean
}

export function targetOf(definition: AttributeDefinition): Target {
  const { type, caseExact, multivalued } = definition
  return { path: parsePath(definition.name), type, caseExact, multivalued }
}

/**
 * A mapped value in the target attribute's type; null when nothing is to be written.
 * @throws Error when the value does not fit the type
 */
export function toTarget(target: Target, value: Value): TargetValue | null {
  if (value === null || (isList(value) && value.length === 0)) return null
  if (target.multivalued) return isList(value) ? value : [value]
  const scalar = scalarOf(value)
  if (scalar === null) return null
  switch (target.type) {
    case 'Boolean':
      return booleanOf(target, scalar)
    case 'Integer':
      return integerOf(target, scalar)
    default:
      return textOf(scalar)
  }
}

function booleanOf(target: Target, value: Scalar): boolean | null {
  if (isEmpty(value)) return null
  const text = textOf(value).toLowerCase()
  if (text !== 'true' && text !== 'false') {
    throw new Error(`${target.path.text} takes True or False, not "${textOf(value)}"`)
  }
  return text === 'true'
}

function integerOf(target: Target, value: Scalar): number | null {
  if (isEmpty(value)) return null
  if (!/^-?\d+$/.test(textOf(value))) {
    throw new Error(`${target.path.text} takes a whole number, not "${textOf(value)}"`)
  }
  return Number(value)
}

/** Whether the target already holds a value; case counts only where the target attribute says so. */
export function sameValue(target: Target, wanted: TargetValue, current: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(current) || wanted.length !== current.length) return false
    const held = new Set(current.map((one) => canonical(one)))
    return wanted.every((one) => held.has(canonical(one)))
  }
  if (current === undefined || current === null) return false
  const [a, b] = [String(wanted), String(current)]
  if (a === b) return true
  return (target.type === 'Boolean' || !target.caseExact) && a.toLowerCase() === b.toLowerCase()
}

/** Those of several values that the target lacks. */
export function missingValues(wanted: TargetValue, current: unknown): readonly (Scalar | Complex)[] {
  const held = new Set((Array.isArray(current) ? current : []).map(canonical))
  return (Array.isArray(wanted) ? (wanted as readonly (Scalar | Complex)[]) : []).filter(
    (one) => !held.has(canonical(one)),
  )
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
