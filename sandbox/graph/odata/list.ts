import { badRequest } from '../errors.ts'
import type { Call, GraphResponse } from '../request.ts'
import type { FilterScope } from './evaluate.ts'
import { keepList, keptList } from './kept.ts'
import { isEventual, matching } from './match.ts'
import { firstAfter, parseOrder, sorted } from './order.ts'
import { decodeToken, encodeToken, following, linkTo, type PageSizes, type Position, pageSize } from './page.ts'
import { select } from './select.ts'

export interface ListOptions<T> extends FilterScope, PageSizes {
  /** Entity set of `@odata.context`. */
  context: string
  /** The object as Graph shows it. */
  view(item: T): Record<string, unknown>
  /** What a filter tests; the view where it is absent. */
  filtered?(item: T): Record<string, unknown>
  /** Properties of an answer without `$select`; all where absent. */
  defaults?: readonly string[]
  /** Added to each item after `$select`. */
  annotate?(item: T, shown: Record<string, unknown>): Record<string, unknown>
  /** Directory objects ask for `ConsistencyLevel: eventual` with advanced queries, and know no `$skip`. */
  directoryObjects?: boolean
  /** What directory objects sort by without an advanced query. */
  sortable?: readonly string[]
  /** Properties that `$search` looks into. */
  searchable?: readonly string[]
}

interface Page<T> {
  items: T[]
  /** Of the whole list, where it was asked for. */
  total?: number
  next?: Position
}

/**
 * Answer a collection request: `$filter`, `$search`, `$orderby`, `$select`, `$count`, `$top` and paging by absolute
 * `@odata.nextLink`, with the refusals of Graph's advanced queries. Without count and order it reads no more than the
 * page needs; a sorted list is made for its first page, and kept for the next ones while nothing is written.
 */
export function listAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  const { query } = call.request
  const selected = query.get('$select')
  const { items: shown, total, next } = pageOf(call, items, options)
  return {
    status: 200,
    body: {
      '@odata.context': call.context(contextOf(options.context, selected)),
      ...(total === undefined ? {} : { '@odata.count': total }),
      ...(next ? { '@odata.nextLink': linkTo(call, { $skiptoken: encodeToken(next) }) } : {}),
      value: shown.map((item) => {
        const view = select(options.view(item), selected, options.defaults, selectableType(call, options.type))
        return options.annotate ? options.annotate(item, view) : view
      }),
    },
  }
}

/** `…/$count`: a bare number as text. */
export function countAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  if (!isEventual(call)) throw badRequest('$count is not currently supported.')
  return { status: 200, body: [...matching(call, items, options)].length, headers: { 'content-type': 'text/plain' } }
}

/** Beta has properties that the metadata here does not; a list of mixed types has those of each. */
export const selectableType = (call: Call, type: string): string | undefined =>
  call.request.version === 'beta' || type.endsWith('.directoryObject') ? undefined : type

/** The whole object; v1.0 hides what clients wrote over beta and it does not have. */
export const viewOn = <T>(call: Call, { type, view }: Pick<ListOptions<T>, 'type' | 'view'>, item: T) =>
  select(view(item), null, undefined, selectableType(call, type))

/** The items that an answer holds, by filter, search, order, size and the token of the page before. */
export function pageOf<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): Page<T> {
  const { query } = call.request
  const size = pageSize(query.get('$top'), options)
  const token = query.get('$skiptoken')
  const from = token === null ? undefined : decodeToken<Position>(token)
  const order = query.get('$orderby')
  checkQuery(call, order, options)
  const wantsTotal =
    query.get('$count') === 'true' && from === undefined && (isEventual(call) || !options.directoryObjects)
  const found = matching(call, items, options)

  if (order) {
    const keys = parseOrder(order, options.properties, options.type)
    const entries = (from && keptList<T>(call)) ?? sorted(found, keys, options.filtered ?? options.view, idOf)
    const start = from ? firstAfter(entries, keys, from) : 0
    const page = entries.slice(start, start + size)
    const last = page.at(-1)
    const goesOn = entries.length > start + size
    if (goesOn) keepList(call, entries)
    return {
      items: page.map(({ item }) => item),
      total: wantsTotal ? entries.length : undefined,
      next: goesOn ? { count: 0, id: last!.id, keys: last!.keys } : undefined,
    }
  }
  const rest = take(from ? following(found, from, idOf) : found, wantsTotal ? Number.POSITIVE_INFINITY : size + 1)
  const page = rest.slice(0, size)
  return {
    items: page,
    total: wantsTotal ? rest.length : undefined,
    next: rest.length > size ? { count: (from?.count ?? 0) + size, id: idOf(page.at(-1)!) } : undefined,
  }
}

/** Lists hold objects with an id, or ids. */
const idOf = (item: unknown): string => (typeof item === 'string' ? item : String((item as { id?: unknown }).id))

function checkQuery<T>(call: Call, order: string | null, options: ListOptions<T>): void {
  const { query } = call.request
  if (!options.directoryObjects) return
  if (query.has('$skip')) throw badRequest("'$skip' is not supported by the service.")
  if (!order || (isEventual(call) && query.get('$count') === 'true')) return
  const name = order.trim().split(/[\s,]/)[0]!
  if (query.get('$filter') || query.get('$search') || !(options.sortable ?? ['displayName']).includes(name)) {
    throw badRequest('Sorting not supported for current query.', 'Request_UnsupportedQuery')
  }
}

function take<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = []
  for (const item of items) {
    taken.push(item)
    if (taken.length >= limit) break
  }
  return taken
}

const contextOf = (entitySet: string, selected: string | null) => (selected ? `${entitySet}(${selected})` : entitySet)
