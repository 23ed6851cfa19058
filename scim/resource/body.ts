import { badRequest, clip } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType, Schema } from '../schema/model.ts'
import { commonAttributes, findAttribute, splitUrn } from '../schema/registry.ts'
import type { Leniences } from '../tenant/profile.ts'
import { readValue, unknownAttribute } from './values.ts'

/**
 * The attributes of a POST or PUT body as they are stored: names in the schema's spelling, values by `readValue`, extensions
 * below their URN. Read-only attributes are ignored, as are members, which are no part of the document.
 * Throws 400 `invalidSyntax` without the core schema's URN, `invalidValue` for wrong or missing values.
 */
export function readResource(type: ResourceType, body: unknown, lenient: Leniences): Json {
  const object = asObject(body, 'The body')
  requireSchema(object, type.core.id)
  if (!lenient.unknownSchemasIgnored) requireKnownSchemas(type, object)
  const result: Json = {}
  const own = [...type.core.attributes, ...commonAttributes]
  for (const [key, value] of Object.entries(object)) {
    const extension = splitUrn(type, key)
    if (extension?.rest === '' && extension.schema !== type.core) {
      const read = readExtension(extension.schema, value, lenient)
      if (read) result[extension.schema.id] = read
    } else if (findAttribute(own, key)?.name !== 'members') {
      copy(own, key, value, result, lenient)
    }
  }
  requireAttributes(type, result)
  return result
}

/** Throws 400 `invalidValue` unless all required attributes are there, those of extensions that are used included. */
export function requireAttributes(type: ResourceType, document: Json): void {
  requireIn(type.core.attributes, document, '')
  for (const { id, attributes } of type.extensions) {
    if (document[id]) requireIn(attributes, document[id] as Json, `${id}:`)
  }
}

function requireIn(attributes: Attribute[], holder: Json, prefix: string): void {
  for (const { name, required, subAttributes } of attributes) {
    const value = holder[name]
    if (required && value === undefined) throw badRequest('invalidValue', `${prefix}${name} is required`)
    if (required && typeof value === 'string' && (value === '' || value !== value.trim())) {
      throw badRequest('invalidValue', `${prefix}${name} may not be blank, or begin or end with a space`)
    }
    if (subAttributes && value !== undefined) {
      for (const element of [value].flat()) requireIn(subAttributes, element as Json, `${prefix}${name}.`)
    }
  }
}

/** Throws unless `schemas` names `urn`. */
export function requireSchema(body: Json, urn: string): void {
  const isNamed = schemasOf(body).some((each) => each.toLowerCase() === urn.toLowerCase())
  if (!isNamed) throw badRequest('invalidSyntax', `"schemas" must name ${urn}`)
}

function requireKnownSchemas(type: ResourceType, body: Json): void {
  const known = [type.core, ...type.extensions].map(({ id }) => id.toLowerCase())
  const unknown = schemasOf(body).find((urn) => !known.includes(urn.toLowerCase()))
  if (unknown !== undefined) {
    throw badRequest('invalidSyntax', `"schemas" names ${JSON.stringify(clip(unknown, 200))}, which is not known`)
  }
}

function schemasOf(body: Json): string[] {
  return [getCaseless(body, 'schemas')].flat().map(String)
}

export function asObject(body: unknown, what: string): Json {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json
  throw badRequest('invalidSyntax', `${what} must be a JSON object`)
}

/** RFC 7643 §2.1: attribute names compare without case. */
export function getCaseless(object: Json, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name]
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : object[key]
}

function readExtension(schema: Schema, value: unknown, lenient: Leniences): Json | undefined {
  if (value === null || value === undefined) return undefined
  const result: Json = {}
  for (const [key, item] of Object.entries(asObject(value, schema.id))) {
    copy(schema.attributes, key, item, result, lenient)
  }
  return Object.keys(result).length === 0 ? undefined : result
}

function copy(attributes: Attribute[], key: string, value: unknown, into: Json, lenient: Leniences): void {
  const attribute = findAttribute(attributes, key)
  if (!attribute && !lenient.unknownAttributesIgnored) throw unknownAttribute(key)
  if (!attribute || attribute.mutability === 'readOnly') return
  const read = readValue(attribute, value, lenient)
  if (read !== undefined) into[attribute.name] = read
}
