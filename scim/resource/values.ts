import { badRequest, clip, type ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { maximumValues } from '../limits.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'
import type { Leniences } from '../tenant/profile.ts'
import { distinct } from './canonical.ts'
import { readSimple } from './simple-values.ts'

/**
 * A value as it is stored, or undefined where nothing is (null, [], an object without values: RFC 7643 §2.5). One object is
 * taken for an array of it. What else is taken is said by the leniences. Read-only sub-attributes are left out.
 * Throws 400 `invalidValue`, and `invalidSyntax` for unknown sub-attributes.
 */
export function readValue(attribute: Attribute, value: unknown, lenient: Leniences, path = attribute.name): unknown {
  if (!attribute.multiValued) return readSingle(attribute, value, lenient, path)
  if (isUnset(value, lenient)) return undefined
  const elements = (Array.isArray(value) ? value : [value]).flatMap((item) => {
    if (item === null) throw wrong(path, item, 'may not hold null')
    const read = readSingle(attribute, item, lenient, path)
    return read === undefined ? [] : [read]
  })
  requireFew(attribute, elements)
  if (elements.filter((element) => (element as Json).primary === true).length > 1) {
    throw badRequest('invalidValue', `${path} may have one primary value only; there are several`)
  }
  return elements.length === 0 ? undefined : distinct(attribute, elements)
}

export function requireFew({ name }: Attribute, values: unknown[]): void {
  if (values.length <= maximumValues) return
  throw badRequest('invalidValue', `${name} may have at most ${maximumValues} values; there would be ${values.length}`)
}

function readSingle(attribute: Attribute, given: unknown, lenient: Leniences, path: string): unknown {
  if (isUnset(given, lenient)) return undefined
  return attribute.type === 'complex'
    ? readComplex(attribute, given, lenient, path)
    : readSimple(attribute, given, lenient, (what) => wrong(path, given, what))
}

const isUnset = (value: unknown, lenient: Leniences): boolean =>
  value === null || value === undefined || (value === '' && lenient.emptyTextUnsets)

function readComplex(attribute: Attribute, given: unknown, lenient: Leniences, path: string): Json | undefined {
  const value = attribute.multiValued || !lenient.looseComplexValues ? given : tightened(attribute, given)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, value, 'must be an object')
  const result: Json = {}
  for (const [key, item] of Object.entries(value)) {
    const sub = findAttribute(attribute.subAttributes, key)
    if (!sub && !lenient.unknownAttributesIgnored) throw unknownAttribute(`${path}.${key}`)
    if (!sub || sub.mutability === 'readOnly') continue
    const read = readValue(sub, item, lenient, `${path}.${sub.name}`)
    if (read !== undefined) result[sub.name] = read
  }
  return Object.keys(result).length === 0 ? undefined : result
}

/** Entra sends a manager as its id, and as an array of one. */
function tightened(attribute: Attribute, given: unknown): unknown {
  const value = Array.isArray(given) && given.length <= 1 ? given[0] : given
  return typeof value === 'string' && findAttribute(attribute.subAttributes, 'value') ? { value } : value
}

/** `primary` is true at most once (RFC 7643 §2.4): the others give it up to `owner`. */
export function onePrimary(elements: Json[], owner: Json | undefined): Json[] {
  return elements.map((element) =>
    owner && element !== owner && element.primary === true ? { ...element, primary: false } : element,
  )
}

export const unknownAttribute = (path: string): ScimError =>
  badRequest('invalidSyntax', `${clip(path, 200)} is no attribute of the resource's schemas`)

function wrong(path: string, value: unknown, what: string): ScimError {
  return badRequest('invalidValue', `${path} ${what}; it was ${clip(JSON.stringify(value) ?? 'absent')}`)
}
