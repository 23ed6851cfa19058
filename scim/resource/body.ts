import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType, Schema } from '../schema/model.ts'
import { commonAttributes, findAttribute, splitUrn } from '../schema/registry.ts'
import { readValue } from './values.ts'

/**
 * The attributes of a POST or PUT body as they are stored: names in the schema's spelling, values by `readValue`, extensions
 * below their URN. Read-only and unknown attributes are ignored, as are members, which are no part of the document.
 * Throws 400 `invalidSyntax` without the core schema's URN, `invalidValue` for wrong or missing values.
 */
export function readResource(type: ResourceType, body: unknown): Json {
  const object = asObject(body, 'The body')
  requireSchema(object, type.core.id)
  const result: Json = {}
  for (const [key, value] of Object.entries(object)) {
    const extension = splitUrn(type, key)
    if (extension?.rest === '' && extension.schema !== type.core) {
      const read = readExtension(extension.schema, value)
      if (read) result[extension.schema.id] = read
    } else {
      copy([...type.core.attributes, ...commonAttributes], key, value, result)
    }
  }
  requireAttributes(type, result)
  return result
}

export function requireAttributes(type: ResourceType, attributes: Json): void {
  for (const { name, required } of type.core.attributes) {
    const value = attributes[name]
    if (required && (typeof value !== 'string' || value.trim() === '' || value !== value.trim())) {
      const problem = value === undefined ? 'is required' : 'may not be blank, or begin or end with a space'
      throw badRequest('invalidValue', `${name} ${problem}`)
    }
  }
}

/** Throws unless `schemas` names `urn`; what else it names is free, since Entra adds URNs of its own. */
export function requireSchema(body: Json, urn: string): void {
  const schemas = getCaseless(body, 'schemas')
  const named = (Array.isArray(schemas) ? schemas : [schemas]).map((each) => String(each).toLowerCase())
  if (!named.includes(urn.toLowerCase())) throw badRequest('invalidSyntax', `"schemas" must name ${urn}`)
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

function readExtension(schema: Schema, value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined
  const result: Json = {}
  for (const [key, item] of Object.entries(asObject(value, schema.id))) copy(schema.attributes, key, item, result)
  return Object.keys(result).length === 0 ? undefined : result
}

function copy(attributes: Attribute[], key: string, value: unknown, into: Json): void {
  const attribute = findAttribute(attributes, key)
  if (!attribute || attribute.mutability === 'readOnly' || attribute.name === 'members') return
  const read = readValue(attribute, value)
  if (read !== undefined) into[attribute.name] = read
}
