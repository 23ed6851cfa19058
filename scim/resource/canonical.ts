import { comparisonKey } from '../filter/fold.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'

/** Text that is the same for equal values, whatever the order of their keys, which jsonb does not keep. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? ''

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

/**
 * No two elements of the same `type` and `value`, compared as the schema says (RFC 7643 §2.4); the later adds to the earlier.
 * Elements without `value`, such as addresses, are the same if they are equal as a whole.
 */
export function distinct(attribute: Attribute, elements: unknown[]): unknown[] {
  const seen = new Map<string, unknown>()
  for (const element of elements) {
    const key = identity(attribute, element)
    const known = seen.get(key)
    seen.set(key, isObject(known) && isObject(element) ? { ...known, ...element } : element)
  }
  return [...seen.values()]
}

export function identity(attribute: Attribute, element: unknown): string {
  if (!isObject(element)) return keyOf(attribute, element)
  const value = findAttribute(attribute.subAttributes, 'value')
  if (!value || element.value === undefined) return canonical(element)
  const type = findAttribute(attribute.subAttributes, 'type')
  return JSON.stringify([keyOf(value, element.value), type && keyOf(type, element.type)])
}

/** Whether two values of an attribute are the same to a filter. */
export const sameValue = (attribute: Attribute, left: unknown, right: unknown): boolean =>
  keyOf(attribute, left) === keyOf(attribute, right)

const keyOf = (attribute: Attribute, value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(comparisonKey(attribute, value)) : canonical(value)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
