import { badRequest } from '../errors.ts'
import type { Call, GraphResponse } from '../request.ts'
import type { FilterScope } from './evaluate.ts'
import { isEventual, matching } from './match.ts'
import { decodeSkip, nextLink, type PageSizes, pageSize } from './page.ts'
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
  /** Directory objects ask for `ConsistencyLevel: eventual` with advanced queries. */
  directoryObjects?: boolean
  /** Properties that `$search` looks into. */
  searchable?: readonly string[]
}

/**
 * Answer a collection request: `$filter`, `$search`, `$orderby`, `$select`, `$count`, `$top` and paging by absolute
 * `@odata.nextLink`, with the refusals of Graph's advanced queries. Without count and order it reads no more than the
 * page needs.
 */
export function listAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  const { query } = call.request
  const selected = query.get('$select')
  const order = query.get('$orderby')
  const size = pageSize(query.get('$top'), options)
  const from = decodeSkip(query.get('$skiptoken'))
  const counts = query.get('$count') === 'true' && from === 0 && (isEventual(call) || !options.directoryObjects)
  const found = take(matching(call, items, options), counts || order ? Number.POSITIVE_INFINITY : from + size + 1)
  const page = (order ? ordered(found, order, options) : found).slice(from, from + size)
  return {
    status: 200,
    body: {
      '@odata.context': call.context(contextOf(options.context, selected)),
      ...(counts ? { '@odata.count': found.length } : {}),
      ...(from + size < found.length ? { '@odata.nextLink': nextLink(call, from + size) } : {}),
      value: page.map((item) => {
        const view = select(options.view(item), selected, options.defaults)
        return options.annotate ? options.annotate(item, view) : view
      }),
    },
  }
}

/** `…/$count`: a bare number as text. */
export function countAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  if (!isEventual(call)) throw badRequest('$count is not currently supported.')
  const found = take(matching(call, items, options), Number.POSITIVE_INFINITY)
  return { status: 200, body: found.length, headers: { 'content-type': 'text/plain' } }
}

function take<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = []
  for (const item of items) {
    taken.push(item)
    if (taken.length >= limit) break
  }
  return taken
}

/** Text sorts without regard to case. */
function ordered<T>(items: T[], order: string, options: ListOptions<T>): T[] {
  const [name, direction] = order.trim().split(/\s+/)
  if (!options.properties.has(name!)) {
    throw badRequest(`Could not find a property named '${name}' on type '${options.type}'.`)
  }
  const sign = direction === 'desc' ? -1 : 1
  const read = options.filtered ?? options.view
  const keyed = items.map((item) => ({ item, key: String(read(item)[name!] ?? '').toLowerCase() }))
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
  return keyed.map(({ item }) => item)
}

const contextOf = (entitySet: string, selected: string | null) => (selected ? `${entitySet}(${selected})` : entitySet)
