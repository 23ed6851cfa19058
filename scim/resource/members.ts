import { badRequest, clip, type ScimError } from '../errors.ts'
import type { Filter } from '../filter/ast.ts'
import type { Json } from '../filter/match.ts'
import { asObject, getCaseless } from './body.ts'
import type { Change } from './operations.ts'

/** All that a request does to a group's members, as sets: clear (all but `add`), then remove, then add. */
export interface MemberDelta {
  clear: boolean
  add: string[]
  remove: string[]
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => uuid.test(text)

/**
 * Folds member changes, in order, to one delta. Removing by value array takes those values only (Entra's older dialect).
 * Throws 400: `invalidValue` for a member that cannot exist, `mutability` for changing a member in place, `invalidFilter` for
 * a filter that does not name members by value.
 */
export function memberDelta(changes: Change[]): MemberDelta {
  let clear = false
  const add = new Set<string>()
  const remove = new Set<string>()
  for (const change of changes) {
    if (change.target.sub || (change.filter && change.op === 'replace')) {
      throw badRequest('mutability', 'A member cannot be changed; remove it and add another')
    }
    const ids = change.filter ? idsOfFilter(change.filter) : idsOfValue(change.value)
    if (change.op === 'add') {
      for (const id of ids) include(id, add, remove)
    } else if (change.op === 'remove' && (change.filter || change.value != null)) {
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

/** The members of a POST or PUT body. */
export function membersOf(body: Json): string[] {
  const ids = idsOfValue(getCaseless(body, 'members'))
  for (const id of ids) if (!isUuid(id)) throw unknownMembers(id)
  return [...new Set(ids)]
}

export function unknownMembers(ids: string): ScimError {
  return badRequest('invalidValue', `members: no user or group has the id ${clip(ids, 200)}`)
}

function include(id: string, add: Set<string>, remove: Set<string>): void {
  if (!isUuid(id)) throw unknownMembers(id)
  remove.delete(id)
  add.add(id)
}

function idsOfValue(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return []
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const id = typeof item === 'string' ? item : getCaseless(asObject(item, 'A member'), 'value')
    if (typeof id !== 'string') throw badRequest('invalidValue', 'A member needs the "value" of a user or group id')
    return id.toLowerCase()
  })
}

function idsOfFilter(filter: Filter): string[] {
  if (filter.kind === 'or') return filter.filters.flatMap(idsOfFilter)
  if (filter.kind === 'compare' && filter.path.toLowerCase() === 'value' && filter.operator === 'eq') {
    return [String(filter.value).toLowerCase()]
  }
  throw badRequest('invalidFilter', 'Members are selected by value only, as in members[value eq "id"]')
}
