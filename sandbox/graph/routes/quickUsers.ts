import type { User } from '../../tenant/model.ts'
import { type Filter, type Literal, parseFilter } from '../odata/filter.ts'
import type { Call } from '../request.ts'

const KEYS = new Set(['id', 'userPrincipalName'])

/**
 * The users that a filter on ids or user principal names alone can match, by index, so that a lookup in a large
 * directory reads no more than it finds; undefined for any other filter.
 */
export function quickUsers(call: Call): User[] | undefined {
  const text = call.request.query.get('$filter')
  const keys = text ? keysOf(parseFilter(text)) : undefined
  if (!keys) return undefined
  const { tenant } = call
  const found = keys.map((key) => tenant.users.get(String(key).toLowerCase()) ?? tenant.userByName(String(key)))
  return [...new Set(found)].filter((user) => user?.deletedDateTime === null) as User[]
}

function keysOf(filter: Filter): Literal[] | undefined {
  switch (filter.kind) {
    case 'or': {
      const [left, right] = [keysOf(filter.left), keysOf(filter.right)]
      return left && right && [...left, ...right]
    }
    case 'compare': {
      const { left, right, operator } = filter
      const isKey = operator === 'eq' && left.kind === 'path' && KEYS.has(left.path[0]!) && right.kind === 'literal'
      return isKey ? [right.value] : undefined
    }
    case 'in':
      return filter.operand.kind === 'path' && KEYS.has(filter.operand.path[0]!) ? filter.values : undefined
    default:
      return undefined
  }
}
