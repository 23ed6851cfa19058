import { badRequest } from '../errors.ts'
import type { Filter } from '../filter/ast.ts'
import { type Json, matches } from '../filter/match.ts'
import { planElementFilter } from '../filter/plan.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'
import { type Leniences, literalsOf } from '../tenant/profile.ts'
import { distinct } from './canonical.ts'
import { hold } from './immutable.ts'
import type { Change } from './operations.ts'
import { merged, withSub } from './parts.ts'
import { onePrimary, readValue } from './values.ts'

/** An attribute's value after a change of those of its elements that a filter selects: `emails[type eq "work"].value`. */
export function changeSelected(change: Change, filter: Filter, current: unknown, lenient: Leniences): unknown {
  const { attribute } = change.target
  const plan = planElementFilter(attribute, filter, literalsOf(lenient))
  const before = current === undefined ? [] : ((attribute.multiValued ? current : [current]) as Json[])
  const selected = new Set(before.filter((element) => matches(plan, element)))
  const after = before.flatMap((element) =>
    selected.has(element) ? changedElement(element, change, lenient) : [element],
  )
  if (selected.size === 0 && change.op !== 'remove') after.push(...newElement(change, filter, lenient))
  if (!attribute.multiValued) return after[0]
  const claims = after.findLast((element) => element.primary === true && !before.includes(element))
  return distinct(attribute, onePrimary(after, claims))
}

function changedElement(element: Json, change: Change, lenient: Leniences): Json[] {
  const { attribute, sub } = change.target
  if (!sub && change.op === 'remove') return []
  const next = changedParts(element, change, lenient)
  if (!next || (sub && next[sub.name] === undefined && isLabelOnly(next, attribute))) return []
  return sub || change.op === 'add'
    ? [hold(attribute.subAttributes ?? [], element, next, 'refuse', `${attribute.name}.`)]
    : [next]
}

function changedParts(element: Json, change: Change, lenient: Leniences): Json | undefined {
  const { attribute, sub } = change.target
  if (sub) return withSub(element, sub, change, lenient)
  return merged(change.op === 'add' ? element : {}, attribute, change.value, lenient)
}

/**
 * RFC 7644 §3.5.2.3 answers a replacement without a target by `noTarget`; Entra sets `emails[type eq "other"].value` and expects
 * the element to be made.
 */
function newElement(change: Change, filter: Filter, lenient: Leniences): Json[] {
  const { attribute } = change.target
  const described = equalities(filter, attribute, lenient)
  if (!described || (change.op === 'replace' && !lenient.missingElementMade)) {
    throw badRequest('noTarget', `No element of ${attribute.name} matches the filter of the path`)
  }
  return changedElement(described, { ...change, op: 'add' }, lenient)
}

/** The element that a filter of equalities describes; undefined for other filters. */
function equalities(filter: Filter, attribute: Attribute, lenient: Leniences): Json | undefined {
  if (filter.kind === 'and') {
    const parts = filter.filters.map((each) => equalities(each, attribute, lenient))
    return parts.includes(undefined) ? undefined : Object.assign({}, ...parts)
  }
  const sub =
    filter.kind === 'compare' && filter.operator === 'eq' && findAttribute(attribute.subAttributes, filter.path)
  return sub ? { [sub.name]: readValue(sub, filter.value, lenient) } : undefined
}

const labels = ['type', 'primary', 'display']

/** Whether nothing but labels is left of an element that could have more. */
function isLabelOnly(element: Json, { subAttributes = [] }: Attribute): boolean {
  return (
    subAttributes.some(({ name }) => !labels.includes(name)) &&
    Object.keys(element).every((key) => labels.includes(key))
  )
}
