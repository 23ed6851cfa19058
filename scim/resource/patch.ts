import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import type { Leniences } from '../tenant/profile.ts'
import { requireAttributes } from './body.ts'
import { canonical, distinct, identity, sameValue } from './canonical.ts'
import { changeSelected } from './elements.ts'
import { requireUnchanged } from './immutable.ts'
import type { Change } from './operations.ts'
import { merged, withSub } from './parts.ts'
import { onePrimary, readValue, requireFew } from './values.ts'

/** The document after the changes; the one given is left as it is. Throws 400; then nothing is changed. */
export function applyChanges(type: ResourceType, document: Json, changes: Change[], lenient: Leniences): Json {
  const result = structuredClone(document)
  for (const change of changes) applyChange(result, change, lenient)
  for (const { id } of type.extensions) {
    if (result[id] && Object.keys(result[id]).length === 0) delete result[id]
  }
  requireAttributes(type, result)
  return requireUnchanged(type, document, result, 'refuse')
}

/** The names of the top-level attributes, or extension attributes, in which two documents differ. */
export function changedNames(before: Json, after: Json): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => canonical(before[name]) !== canonical(after[name]))
}

function applyChange(document: Json, change: Change, lenient: Leniences): void {
  const { schema, attribute } = change.target
  if (schema) document[schema.id] ??= {}
  const holder = schema ? (document[schema.id] as Json) : document
  const next = nextValue(change, holder[attribute.name], lenient)
  if (Array.isArray(next)) requireFew(attribute, next)
  if (next === undefined || (Array.isArray(next) && next.length === 0)) delete holder[attribute.name]
  else holder[attribute.name] = next
}

function nextValue(change: Change, current: unknown, lenient: Leniences): unknown {
  const { attribute, sub } = change.target
  if (change.filter) return changeSelected(change, change.filter, current, lenient)
  if (attribute.multiValued) {
    if (!sub) return changedList(change, (current as unknown[] | undefined) ?? [], attribute, lenient)
    const example = `${attribute.name}[type eq "work"].${sub.name}`
    throw badRequest('invalidPath', `${attribute.name} has several values: say which one, as in ${example}`)
  }
  if (sub) return withSub((current as Json | undefined) ?? {}, sub, change, lenient)
  if (change.op === 'remove') return undefined
  return attribute.type === 'complex'
    ? merged((current as Json | undefined) ?? {}, attribute, change.value, lenient)
    : readValue(attribute, change.value, lenient)
}

function changedList(change: Change, current: unknown[], attribute: Attribute, lenient: Leniences): unknown[] {
  const given = (readValue(attribute, change.value, lenient) as unknown[] | undefined) ?? []
  if (change.op === 'remove') return change.value == null ? [] : without(current, given, attribute)
  if (change.op === 'replace') return given
  const list = distinct(attribute, [...current, ...given])
  if (attribute.type !== 'complex') return list
  const claims = given.find((element) => (element as Json).primary === true)
  const owner = claims && list.find((element) => identity(attribute, element) === identity(attribute, claims))
  return onePrimary(list as Json[], owner as Json | undefined)
}

/** Entra names the values to remove beside the path; an element goes if it has all that one of them names. */
function without(current: unknown[], given: unknown[], attribute: Attribute): unknown[] {
  const isNamed = (element: unknown, by: unknown): boolean =>
    attribute.type === 'complex'
      ? (attribute.subAttributes ?? []).every((sub) => {
          const wanted = (by as Json)[sub.name]
          return wanted === undefined || sameValue(sub, wanted, (element as Json)[sub.name])
        })
      : sameValue(attribute, by, element)
  return current.filter((element) => !given.some((each) => isNamed(element, each)))
}
