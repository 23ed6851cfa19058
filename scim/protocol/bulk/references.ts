import type { Json } from '../../filter/match.ts'
import { getCaseless } from '../../resource/body.ts'
import type { BulkOperation } from './operations.ts'

/**
 * Where an operation may name a resource by the bulkId of the POST that makes it (RFC 7644 §3.7.2): a text that begins with
 * `bulkId:`, a quoted text in a filter, a part of a path.
 */
const whole = /^bulkId:(.+)$/s
const within = /(?<=["/])bulkId:([^"/]+)/g

/** The bulkIds that the operation names. */
export function referencesOf({ path, data }: BulkOperation): Set<string> {
  const found = new Set<string>()
  mapText([path, data], (text) => {
    replaceIn(text, (bulkId) => {
      found.add(bulkId)
      return ''
    })
    return text
  })
  return found
}

/** The operation with ids in place of bulkIds. */
export function resolved(operation: BulkOperation, ids: Map<string, string>): BulkOperation {
  const [path, data] = mapText([operation.path, operation.data], (text) =>
    replaceIn(text, (bulkId, otherwise) => ids.get(bulkId) ?? otherwise),
  ) as [string, unknown]
  return { ...operation, path, data }
}

/** The body of a group without some of its members, and those it had of them. */
export function withoutMembers(body: Json, ids: Set<string>): { body: Json; left: string[] } {
  const members = [getCaseless(body, 'members') ?? []].flat()
  const idOf = (member: unknown): string => String((member as Json | null)?.value ?? member)
  const kept = members.filter((member) => !ids.has(idOf(member)))
  const left = members.map(idOf).filter((id) => ids.has(id))
  if (left.length === 0) return { body, left }
  const others = Object.entries(body).filter(([key]) => key.toLowerCase() !== 'members')
  return { body: { ...Object.fromEntries(others), members: kept }, left }
}

function replaceIn(text: string, replace: (bulkId: string, otherwise: string) => string): string {
  const all = whole.exec(text)
  return all ? replace(all[1]!, text) : text.replace(within, (found, bulkId: string) => replace(bulkId, found))
}

function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapText(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapText(item, change)]))
}
