import { badRequest, clip, type ScimError } from '../errors.ts'
import { countTerms, type Filter, type Literals } from '../filter/ast.ts'
import { type Json, matches } from '../filter/match.ts'
import { planElementFilter } from '../filter/plan.ts'
import { patchLimits } from '../limits.ts'
import { isUuid } from '../schema/ids.ts'
import { asObject, getCaseless } from './body.ts'
import type { Change } from './operations.ts'

/** All that a request does to a group's members, as sets: clear (all but `add`), then remove, then add. */
export interface MemberDelta {
  clear: boolean
  add: string[]
  remove: string[]
}

/** A user or group as the attribute `members` shows it. */
export interface Member extends Json {
  value: string
  type: 'User' | 'Group'
  display: string
  $ref: string
}

/**
 * Folds member changes, in order, to one delta. Removing by value array takes those values only (Entra's older dialect).
 * Undefined where the changes select members by more than their ids, so that the members must be known.
 * Throws 400: `invalidValue` for a member that cannot exist, `mutability` for changing a member in place.
 */
export function memberDelta(changes: Change[]): MemberDelta | undefined {
  let clear = false
  const add = new Set<string>()
  const remove = new Set<string>()
  for (const change of changes) {
    refuseSub(change)
    const ids = change.filter ? idsOfFilter(change.filter) : idsOfValue(change.value)
    if (!ids || (change.filter && change.op === 'replace')) return undefined
    if (change.op === 'add') {
      for (const id of ids) include(id, add, remove)
    } else if (isPartial(change)) {
      for (const id of ids.filter(isUuid)) {
        add.delete(id)
        remove.add(id)
      }
    } else {
      clear = true
      add.clear()
      remove.clear()
      if (change.op === 'replace') for (const id of ids) include(id, add, remove)
    }
  }
  return { clear, add: [...add], remove: clear ? [] : [...remove] }
}

/** The ids that the changes name as values. */
export function namedIds(changes: Change[]): string[] {
  return [...new Set(changes.flatMap((change) => idsOfValue(change.value)))].filter(isUuid)
}

/** As `memberDelta` for any filter. `known`: the members, and whoever else the changes name. */
export function selectMembers(
  known: { member: Member; isMember: boolean }[],
  changes: Change[],
  literals: Literals,
): MemberDelta {
  requireModest(known.length, changes)
  const all = new Map(known.map(({ member }) => [member.value, member]))
  const before = known.filter(({ isMember }) => isMember).map(({ member }) => member.value)
  const now = new Set(before)
  for (const change of changes) {
    const given = idsOfValue(change.value)
    const selected = change.filter
      ? select(
          change,
          change.filter,
          [...now].map((id) => all.get(id)!),
          literals,
        )
      : isPartial(change)
        ? given
        : [...now]
    if (change.filter && change.op === 'replace' && selected.length === 0) {
      throw badRequest('noTarget', 'No member matches the filter of the path')
    }
    if (change.op !== 'add') for (const id of selected) now.delete(id)
    if (change.op === 'remove') continue
    for (const id of change.filter && change.op === 'add' ? (idsOfFilter(change.filter) ?? given) : given) {
      if (!all.has(id)) throw unknownMembers(id)
      now.add(id)
    }
  }
  const were = new Set(before)
  return { clear: false, add: [...now].filter((id) => !were.has(id)), remove: before.filter((id) => !now.has(id)) }
}

function requireModest(members: number, changes: Change[]): void {
  const terms = changes.reduce((sum, { filter }) => sum + (filter ? countTerms(filter) : 0), 0)
  if (terms * members <= patchLimits.memberTests) return
  throw badRequest('tooMany', `${terms} filter terms are too many for a group of ${members}; select members by value`)
}

/** The members of a POST or PUT body. */
export function membersOf(body: Json): string[] {
  const ids = idsOfValue(getCaseless(body, 'members'))
  for (const id of ids) if (!isUuid(id)) throw unknownMembers(id)
  return [...new Set(ids)]
}

export function unknownMembers(ids: string): ScimError {
  return badRequest('invalidValue', `members: no user or group has the id ${clip(ids, 200)}`)
}

/** Whether only some members are removed. */
const isPartial = (change: Change): boolean =>
  change.op === 'remove' && (change.filter !== undefined || change.value != null)

/** RFC 7643 §8.7.1: the sub-attributes of a member are immutable. */
function refuseSub({ target }: Change): void {
  if (target.sub) throw badRequest('mutability', 'A member cannot be changed; remove it and add another')
}

function select({ target }: Change, filter: Filter, members: Member[], literals: Literals): string[] {
  const plan = planElementFilter(target.attribute, filter, literals)
  return members.filter((member) => matches(plan, member)).map(({ value }) => value)
}

function include(id: string, add: Set<string>, remove: Set<string>): void {
  if (!isUuid(id)) throw unknownMembers(id)
  remove.delete(id)
  add.add(id)
}

function idsOfValue(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return []
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const id = typeof item === 'string' ? item : idOf(asObject(item, 'A member'))
    if (typeof id !== 'string') throw badRequest('invalidValue', 'A member needs the "value" of a user or group id')
    return id.toLowerCase()
  })
}

function idOf(member: Json): unknown {
  const reference = getCaseless(member, '$ref')
  return getCaseless(member, 'value') ?? (typeof reference === 'string' ? reference.split('/').at(-1) : undefined)
}

/** The ids that a filter names; undefined for one that selects by something else. */
function idsOfFilter(filter: Filter): string[] | undefined {
  if (filter.kind === 'or') {
    const parts = filter.filters.map(idsOfFilter)
    return parts.includes(undefined) ? undefined : parts.flatMap((ids) => ids!)
  }
  const isId = filter.kind === 'compare' && filter.path.toLowerCase() === 'value' && filter.operator === 'eq'
  return isId ? [String(filter.value).toLowerCase()] : undefined
}
