import { badRequest, clip, type ScimError } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'

/** What an index entry of PostgreSQL holds with room to spare; values that are looked up must fit. */
const maximumBytes = 2_000

/**
 * A value as it is stored, or undefined where nothing is (null, "", [], an object without values: RFC 7643 §2.5). Takes what
 * Entra sends: booleans as text, a string or a one-element array for a single complex value, an object for a multi-valued one.
 * Sub-attributes that are unknown or read-only are left out. Throws 400 `invalidValue`.
 */
export function readValue(attribute: Attribute, value: unknown, path = attribute.name): unknown {
  if (!attribute.multiValued) return readSingle(attribute, value, path)
  if (value === null || value === undefined || value === '') return undefined
  const items = Array.isArray(value) ? value : [value]
  const read = items.map((item) => {
    if (item === null) throw wrong(path, item, 'may not hold null')
    return readSingle(attribute, item, path)
  })
  const elements = distinct(read.filter((item) => item !== undefined))
  return elements.length === 0 ? undefined : onePrimary(elements as Json[])
}

function readSingle(attribute: Attribute, given: unknown, path: string): unknown {
  const value = !attribute.multiValued && Array.isArray(given) && given.length <= 1 ? given[0] : given
  if (value === null || value === undefined || value === '') return undefined
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, value, path)
    case 'boolean':
      return readBoolean(value, path)
    default:
      return readText(attribute, value, path)
  }
}

function readComplex(attribute: Attribute, value: unknown, path: string): Json | undefined {
  if (typeof value === 'string' && !attribute.multiValued && findAttribute(attribute.subAttributes, 'value')) {
    return readComplex(attribute, { value }, path)
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(path, value, 'must be an object')
  const result: Json = {}
  for (const [key, item] of Object.entries(value as Json)) {
    const sub = findAttribute(attribute.subAttributes, key)
    if (!sub || sub.mutability === 'readOnly') continue
    const read = readSingle(sub, item, `${path}.${sub.name}`)
    if (read !== undefined) result[sub.name] = read
  }
  return Object.keys(result).length === 0 ? undefined : result
}

function readBoolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text !== 'true' && text !== 'false') throw wrong(path, value, 'must be true or false')
  return text === 'true'
}

function readText(attribute: Attribute, value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrong(path, value, 'must be a string')
  if (value.includes('\0') || !value.isWellFormed())
    throw wrong(path, value, 'holds characters that are not Unicode text')
  if (attribute.type === 'binary' && !/^[A-Za-z0-9+/\s]*={0,2}$/.test(value)) throw wrong(path, value, 'must be base64')
  if (attribute.type !== 'binary' && Buffer.byteLength(value) > maximumBytes) {
    throw wrong(path, value, `is longer than ${maximumBytes} bytes`)
  }
  return value
}

/** RFC 7643 §2.4: no two equal elements. */
export function distinct(elements: unknown[]): unknown[] {
  const seen = new Map(elements.map((element) => [JSON.stringify(element), element]))
  return [...seen.values()]
}

/** RFC 7643 §2.4: `primary` is true at most once; the last that claims it has it. */
export function onePrimary(elements: Json[], owner = elements.findLast((element) => element.primary === true)): Json[] {
  return elements.map((element) =>
    element !== owner && element.primary === true ? { ...element, primary: false } : element,
  )
}

function wrong(path: string, value: unknown, what: string): ScimError {
  return badRequest('invalidValue', `${path} ${what}; it was ${clip(JSON.stringify(value) ?? 'absent')}`)
}
