import { badRequest, clip, ScimError } from '../errors.ts'
import { countTerms, type Filter, type PatchPath } from '../filter/ast.ts'
import type { Json } from '../filter/match.ts'
import { parsePatchPath } from '../filter/parse.ts'
import { patchLimits } from '../limits.ts'
import type { ResourceType, Schema } from '../schema/model.ts'
import { findAttribute, type ResolvedAttribute, resolveAttribute, splitUrn } from '../schema/registry.ts'
import { type Leniences, literalsOf } from '../tenant/profile.ts'
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

/**
 * The changes that a PATCH body asks for, in order (RFC 7644 §3.5.2), in both dialects of Entra: op in any case, paths with
 * URN and dots, and values without path whose keys are such paths.
 * Throws 400 `invalidSyntax`, `invalidPath`, `invalidFilter`, `noTarget`, or `mutability` for a path to a read-only attribute.
 */
export function readOperations(type: ResourceType, body: unknown, lenient: Leniences): Change[] {
  const object = asObject(body, 'The body')
  requireSchema(object, patchSchema)
  const operations = getCaseless(object, 'Operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest('invalidSyntax', '"Operations" must be an array of at least one operation')
  }
  if (operations.length > patchLimits.operations) {
    const counted = `There are ${operations.length} operations; at most ${patchLimits.operations} are allowed`
    throw badRequest('invalidSyntax', counted)
  }
  const changes = operations.flatMap((operation) =>
    readOperation({ type, lenient }, asObject(operation, 'An operation')),
  )
  requireModest(changes)
  return changes
}

/** What a PATCH costs grows with the product of these and the values of an attribute. */
function requireModest(changes: Change[]): void {
  const terms = changes.reduce((sum, { filter }) => sum + (filter ? countTerms(filter) : 0), 0)
  if (changes.length > patchLimits.changes) {
    throw badRequest('invalidSyntax', `${changes.length} attributes are set; at most ${patchLimits.changes} can be`)
  }
  if (terms > patchLimits.filterTerms) {
    throw badRequest(
      'invalidFilter',
      `The paths have ${terms} filter terms; at most ${patchLimits.filterTerms} are allowed`,
    )
  }
}

interface Reading {
  type: ResourceType
  lenient: Leniences
}

function readOperation(reading: Reading, operation: Json): Change[] {
  const op = String(getCaseless(operation, 'op') ?? '').toLowerCase()
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    throw badRequest('invalidSyntax', `op must be add, replace or remove; it was ${JSON.stringify(clip(op))}`)
  }
  const path = getCaseless(operation, 'path')
  const value = getCaseless(operation, 'value')
  if (value === undefined && op !== 'remove') throw badRequest('invalidValue', `${op} needs a value`)
  if (path !== undefined && path !== null) {
    if (typeof path !== 'string') throw badRequest('invalidPath', 'path must be a string')
    return changesAt(reading, op, path, value, true)
  }
  if (op === 'remove') throw badRequest('noTarget', 'remove needs a path')
  return changesWithin(reading, op, '', asObject(value, 'The value of an operation without path'))
}

/** The keys of a value are paths below `prefix`. */
function changesWithin(reading: Reading, op: Change['op'], prefix: string, value: Json): Change[] {
  return Object.entries(value).flatMap(([key, item]) => changesAt(reading, op, `${prefix}${key}`, item, false))
}

/** `named`: whether the operation itself names the path. */
function changesAt(reading: Reading, op: Change['op'], path: string, value: unknown, named: boolean): Change[] {
  const { type, lenient } = reading
  const parsed = readPath(path, lenient, !named && lenient.unknownPathIgnored)
  const urn = parsed && splitUrn(type, parsed.path)
  if (urn?.rest === '') return schemaChanges(reading, op, urn.schema, value, named)
  const resolved = parsed && resolveAttribute(type, parsed.path)
  const sub = parsed?.sub ? findAttribute(resolved?.attribute.subAttributes, parsed.sub) : resolved?.sub
  if (!resolved || (parsed.sub && !sub)) {
    if (lenient.unknownPathIgnored) return []
    throw badRequest('invalidPath', `Path ${JSON.stringify(clip(path))} names no attribute of ${type.name}`)
  }
  const readOnly = [resolved.attribute, sub].find((attribute) => attribute?.mutability === 'readOnly')
  if (readOnly && !named && lenient.readOnlyValuesIgnored) return []
  if (readOnly) throw badRequest('mutability', `${readOnly.name} is read-only`)
  if (parsed.filter && (resolved.sub || resolved.attribute.type !== 'complex')) {
    throw badRequest('invalidPath', `${clip(path)} filters an attribute that has no elements`)
  }
  const removed = sub ?? (parsed.filter ? undefined : resolved.attribute)
  if (op === 'remove' && removed?.required) {
    throw badRequest('mutability', `${removed.name} is required and cannot be removed`)
  }
  const removesValues = op === 'remove' && resolved.attribute.multiValued && !parsed.filter && value != null
  if (removesValues && !lenient.removalByValue) {
    const example = `${resolved.attribute.name}[value eq "…"]`
    throw badRequest('invalidValue', `remove takes no value; name what to remove in the path, as in ${example}`)
  }
  return [{ op, target: { ...resolved, sub }, filter: parsed.filter, value }]
}

/** Undefined: it is no path at all, and may be ignored. */
function readPath(path: string, lenient: Leniences, mayIgnore: boolean): PatchPath | undefined {
  try {
    return parsePatchPath(path, literalsOf(lenient))
  } catch (error) {
    if (mayIgnore && error instanceof ScimError && error.scimType === 'invalidPath') return undefined
    throw error
  }
}

/** A path, or a key, that is the URN of a schema: the value holds attributes of it. */
function schemaChanges(reading: Reading, op: Change['op'], schema: Schema, value: unknown, named: boolean): Change[] {
  if (op !== 'remove') return changesWithin(reading, op, `${schema.id}:`, asObject(value, `The value of ${schema.id}`))
  const writable = schema.attributes.filter((attribute) => attribute.mutability !== 'readOnly')
  return writable.flatMap(({ name }) => changesAt(reading, op, `${schema.id}:${name}`, undefined, named))
}
