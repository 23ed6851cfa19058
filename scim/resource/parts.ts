import type { Json } from '../filter/match.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'
import type { Leniences } from '../tenant/profile.ts'
import type { Change } from './operations.ts'
import { readValue } from './values.ts'

/** A complex value with one sub-attribute changed; undefined where nothing is left of it. */
export function withSub(
  value: Json,
  sub: Attribute,
  change: Pick<Change, 'op' | 'value'>,
  lenient: Leniences,
): Json | undefined {
  const next = change.op === 'remove' ? undefined : readValue(sub, change.value, lenient)
  const { [sub.name]: _, ...others } = value
  return ifAny(next === undefined ? others : { ...value, [sub.name]: next })
}

/** A complex value with those sub-attributes changed that `given` names; null unsets one, or all. */
export function merged(value: Json, attribute: Attribute, given: unknown, lenient: Leniences): Json | undefined {
  const read = readValue({ ...attribute, multiValued: false }, given, lenient) as Json | undefined
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  if (!isObject) return read && { ...value, ...read }
  const result = { ...value, ...read }
  for (const key of Object.keys(given)) {
    const sub = findAttribute(attribute.subAttributes, key)
    if (sub && sub.mutability !== 'readOnly' && read?.[sub.name] === undefined) delete result[sub.name]
  }
  return ifAny(result)
}

const ifAny = (value: Json): Json | undefined => (Object.keys(value).length === 0 ? undefined : value)
