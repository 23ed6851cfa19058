import { badRequest, clip } from '../errors.ts'
import type { Filter } from '../filter/ast.ts'
import type { Json } from '../filter/match.ts'
import { parsePatchPath } from '../filter/parse.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { findAttribute, type ResolvedAttribute, resolveAttribute, splitUrn } from '../schema/registry.ts'
import { asObject, getCaseless, requireSchema } from './body.ts'

/** One change of one attribute. */
export interface Change {
  op: 'add' | 'replace' | 'remove'
  target: ResolvedAttribute
  /** Selects elements of `target.attribute`. */
  filter?: Filter
  value: unknown
}

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const maximumOperations = 1_000

/**
 * The changes that a PATCH body asks for, in order (RFC 7644 §3.5.2), in both dialects of Entra: op in any case, paths with
 * URN and dots, and values without path whose keys are such paths. Attributes the schema does not know are ignored.
 * Throws 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `noTarget`, or `mutability` for a path to a read-only attribute.
 */
export function readOperations(type: ResourceType, body: unknown): Change[] {
  const object = asObject(body, 'The body')
  requireSchema(object, patchSchema)
  const operations = getCaseless(object, 'Operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest('invalidSyntax', '"Operations" must be an array of at least one operation')
  }
  if (operations.length > maximumOperations) {
    throw badRequest(
      'invalidSyntax',
      `There are ${operations.length} operations; at most ${maximumOperations} are allowed`,
    )
  }
  return operations.flatMap((operation) => readOperation(type, asObject(operation, 'An operation')))
}

function readOperation(type: ResourceType, operation: Json): Change[] {
  const op = String(getCaseless(operation, 'op') ?? '').toLowerCase()
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    throw badRequest('invalidSyntax', `op must be add, replace or remove; it was ${JSON.stringify(clip(op))}`)
  }
  const path = getCaseless(operation, 'path')
  const value = getCaseless(operation, 'value')
  if (path !== undefined && path !== null) {
    if (typeof path !== 'string') throw badRequest('invalidPath', 'path must be a string')
    return changesAt(type, op, path, value, true)
  }
  if (op === 'remove') throw badRequest('noTarget', 'remove needs a path')
  const values = asObject(value, 'The value of an operation without path')
  return Object.entries(values).flatMap(([key, item]) => changesAt(type, op, key, item, false))
}

function changesAt(type: ResourceType, op: Change['op'], path: string, value: unknown, named: boolean): Change[] {
  const parsed = parsePatchPath(path)
  const urn = splitUrn(type, parsed.path)
  if (urn?.rest === '') return extensionChanges(type, op, urn.schema.id, urn.schema.attributes, value, named)
  const resolved = resolveAttribute(type, parsed.path)
  const sub = parsed.sub ? findAttribute(resolved?.attribute.subAttributes, parsed.sub) : resolved?.sub
  if (!resolved || (parsed.sub && !sub)) return []
  const readOnly = [resolved.attribute, sub].find((attribute) => attribute?.mutability === 'readOnly')
  if (readOnly && !named) return []
  if (readOnly) throw badRequest('mutability', `${readOnly.name} is read-only`)
  if (parsed.filter && (resolved.sub || resolved.attribute.type !== 'complex')) {
    throw badRequest('invalidPath', `${clip(path)} filters an attribute that has no elements`)
  }
  if (op === 'remove' && resolved.attribute.required) {
    throw badRequest('mutability', `${resolved.attribute.name} is required and cannot be removed`)
  }
  return [{ op, target: { ...resolved, sub }, filter: parsed.filter, value }]
}

/** A path, or a key, that is the URN of a schema: the value holds attributes of it. */
function extensionChanges(
  type: ResourceType,
  op: Change['op'],
  urn: string,
  attributes: Attribute[],
  value: unknown,
  named: boolean,
): Change[] {
  if (op === 'remove') {
    const writable = attributes.filter((attribute) => attribute.mutability !== 'readOnly')
    return writable.flatMap((attribute) => changesAt(type, op, `${urn}:${attribute.name}`, undefined, named))
  }
  const values = asObject(value, `The value of ${urn}`)
  return Object.entries(values).flatMap(([key, item]) => changesAt(type, op, `${urn}:${key}`, item, false))
}
