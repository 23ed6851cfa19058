import { badRequest } from '../errors.ts'
import type { Filter } from '../filter/ast.ts'
import { type Json, matches } from '../filter/match.ts'
import { planElementFilter } from '../filter/plan.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'
import { requireAttributes } from './body.ts'
import type { Change } from './operations.ts'
import { distinct, onePrimary, readValue } from './values.ts'

/** The document after the changes; the one given is left as it is. Throws 400; then nothing is changed. */
export function applyChanges(type: ResourceType, document: Json, changes: Change[]): Json {
  const result = structuredClone(document)
  for (const change of changes) applyChange(result, change)
  for (const { id } of type.extensions) {
    if (result[id] && Object.keys(result[id]).length === 0) delete result[id]
  }
  requireAttributes(type, result)
  return result
}

/** The names of the top-level attributes, or extension attributes, in which two documents differ. */
export function changedNames(before: Json, after: Json): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name])))
}

/** jsonb gives keys back in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}

function applyChange(document: Json, change: Change): void {
  const { schema, attribute, sub } = change.target
  if (schema) document[schema.id] ??= {}
  const holder = schema ? (document[schema.id] as Json) : document
  const next = nextValue(change, holder[attribute.name], attribute, sub)
  if (next === undefined || (Array.isArray(next) && next.length === 0)) delete holder[attribute.name]
  else holder[attribute.name] = next
}

function nextValue(change: Change, current: unknown, attribute: Attribute, sub: Attribute | undefined): unknown {
  if (change.filter) return throughFilter(change, change.filter, current, attribute, sub)
  if (attribute.multiValued) {
    if (sub) {
      throw badRequest(
        'invalidPath',
        `${attribute.name} has several values: say which one, as in ${attribute.name}[type eq "work"].${sub.name}`,
      )
    }
    return changedList(change, (current as Json[] | undefined) ?? [], attribute)
  }
  if (sub) return withSub((current as Json | undefined) ?? {}, sub, change)
  const value = change.op === 'remove' ? undefined : readValue(attribute, change.value)
  if (attribute.type !== 'complex' || value === undefined) return value
  return { ...(current as Json), ...(value as Json) }
}

function changedList(change: Change, current: Json[], attribute: Attribute): Json[] {
  if (change.op === 'remove') return change.value == null ? [] : withoutValues(current, attribute, change.value)
  const given = (readValue(attribute, change.value) as Json[] | undefined) ?? []
  if (change.op === 'replace') return given
  const claims = given.findLast((element) => element.primary === true)
  return onePrimary(
    distinct([...current, ...given]) as Json[],
    claims && [...current, ...given].findLast((each) => same(each, claims)),
  )
}

/** Entra names the values to remove beside the path; without this, all would go. */
function withoutValues(current: Json[], attribute: Attribute, value: unknown): Json[] {
  const given = (readValue(attribute, value) as Json[] | undefined) ?? []
  return current.filter(
    (element) => !given.some((each) => Object.entries(each).every(([key, item]) => element[key] === item)),
  )
}

function throughFilter(
  change: Change,
  filter: Filter,
  current: unknown,
  attribute: Attribute,
  sub: Attribute | undefined,
): unknown {
  const plan = planElementFilter(attribute, filter)
  const before = current === undefined ? [] : ((attribute.multiValued ? current : [current]) as Json[])
  const selected = before.filter((element) => matches(plan, element))
  const after = before.flatMap((element) =>
    selected.includes(element) ? changedElement(element, attribute, sub, change) : [element],
  )
  if (selected.length === 0 && change.op !== 'remove') after.push(...newElement(change, filter, attribute, sub))
  const claims = after.filter((element) => element.primary === true && !before.includes(element)).at(-1)
  return attribute.multiValued
    ? onePrimary(after, claims ?? after.findLast((element) => element.primary === true))
    : after[0]
}

function changedElement(element: Json, attribute: Attribute, sub: Attribute | undefined, change: Change): Json[] {
  if (sub) return kept(withSub(element, sub, change), attribute)
  if (change.op === 'remove') return []
  const value = readValue({ ...attribute, multiValued: false }, change.value) as Json | undefined
  return value ? [change.op === 'add' ? { ...element, ...value } : value] : []
}

/** RFC 7644 §3.5.2.3 would answer `noTarget`; Entra sets `emails[type eq "other"].value` and expects the element to be made. */
function newElement(change: Change, filter: Filter, attribute: Attribute, sub: Attribute | undefined): Json[] {
  const described = equalities(filter, attribute)
  if (!described) throw badRequest('noTarget', `No element of ${attribute.name} matches the filter of the path`)
  return changedElement(described, attribute, sub, { ...change, op: 'add' })
}

/** The element that a filter of equalities describes; undefined for other filters. */
function equalities(filter: Filter, attribute: Attribute): Json | undefined {
  if (filter.kind === 'and') {
    const parts = filter.filters.map((each) => equalities(each, attribute))
    return parts.includes(undefined) ? undefined : Object.assign({}, ...parts)
  }
  const sub =
    filter.kind === 'compare' && filter.operator === 'eq' && findAttribute(attribute.subAttributes, filter.path)
  return sub ? { [sub.name]: readValue(sub, filter.value) } : undefined
}

function withSub(element: Json, sub: Attribute, change: Change): Json | undefined {
  const value = change.op === 'remove' ? undefined : readValue(sub, change.value)
  const { [sub.name]: _, ...others } = element
  const result = value === undefined ? others : { ...element, [sub.name]: value }
  return Object.keys(result).length === 0 ? undefined : result
}

/** An element of which nothing is left but its label is gone. */
function kept(element: Json | undefined, attribute: Attribute): Json[] {
  const labels = attribute.subAttributes?.length === 1 ? [] : ['type', 'primary', 'display']
  return element && Object.keys(element).some((key) => !labels.includes(key)) ? [element] : []
}

const same = (left: Json, right: Json): boolean => JSON.stringify(left) === JSON.stringify(right)
