import { badRequest, GraphFailure } from '../errors.ts'
import type { Call, GraphResponse } from '../request.ts'
import { compileFilter, type FilterScope, isAdvanced } from './evaluate.ts'
import { parseFilter } from './filter.ts'
import { select } from './select.ts'

export interface ListOptions<T> extends FilterScope {
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
  pageSize?: number
  maxPageSize?: number
  /** Directory objects ask for `ConsistencyLevel: eventual` with advanced queries. */
  directoryObjects?: boolean
  /** Properties that `$search` looks into. */
  searchable?: readonly string[]
}

/**
 * Answer a collection request: `$filter`, `$search`, `$orderby`, `$select`, `$count`, `$top` and paging by absolute
 * `@odata.nextLink`, with the refusals of Graph's advanced queries.
 */
export function listAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  const { query } = call.request
  const found = ordered(call, matching(call, items, options), options)
  const size = pageSize(query.get('$top'), options)
  const from = decodeSkip(query.get('$skiptoken'))
  const page = found.slice(from, from + size)
  const shown = page.map((item) => {
    const view = select(options.view(item), query.get('$select'), options.defaults)
    return options.annotate ? options.annotate(item, view) : view
  })
  const counted = query.get('$count') === 'true' && from === 0 && (isEventual(call) || !options.directoryObjects)
  return {
    status: 200,
    body: {
      '@odata.context': call.context(contextOf(options.context, query.get('$select'))),
      ...(counted ? { '@odata.count': found.length } : {}),
      ...(from + size < found.length ? { '@odata.nextLink': nextLink(call, from + size) } : {}),
      value: shown,
    },
  }
}

/** `…/$count`: a bare number as text. */
export function countAnswer<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): GraphResponse {
  if (!isEventual(call)) throw badRequest('$count is not currently supported.')
  return { status: 200, body: matching(call, items, options).length, headers: { 'content-type': 'text/plain' } }
}

const isEventual = (call: Call) => call.request.headers.consistencylevel?.toLowerCase() === 'eventual'

function matching<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): T[] {
  const { query } = call.request
  const filter = query.get('$filter')
  const search = query.get('$search')
  let found = [...items]
  if (filter) {
    const parsed = parseFilter(filter)
    if (options.directoryObjects && isAdvanced(parsed) && !(isEventual(call) && isCounting(call))) {
      throw badRequest('Unsupported Query.', 'Request_UnsupportedQuery')
    }
    const test = compileFilter(parsed, options)
    const filtered = options.filtered ?? options.view
    found = found.filter((item) => test(filtered(item)))
  }
  if (search) {
    const test = compileSearch(call, search, options.searchable ?? [])
    found = found.filter((item) => test((options.filtered ?? options.view)(item)))
  }
  return found
}

const isCounting = (call: Call) =>
  call.request.query.get('$count') === 'true' || call.request.path.split('?')[0]!.endsWith('/$count')

function compileSearch(call: Call, search: string, searchable: readonly string[]) {
  if (!isEventual(call)) {
    throw badRequest(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
      'Request_UnsupportedQuery',
    )
  }
  const [, property, text] = /^"([^":]+):(.*)"$/.exec(search) ?? []
  if (property === undefined || !searchable.includes(property)) {
    throw badRequest(`Syntax error: $search is "property:text" with a property of ${searchable.join(', ')}.`)
  }
  const wanted = text!.toLowerCase()
  // Graph matches the words of the value by their beginnings.
  return (item: Record<string, unknown>) =>
    String(item[property] ?? '')
      .toLowerCase()
      .split(/[\s,.@_-]+/)
      .some((word) => word.startsWith(wanted)) ||
    String(item[property] ?? '')
      .toLowerCase()
      .startsWith(wanted)
}

function ordered<T>(call: Call, items: T[], options: ListOptions<T>): T[] {
  const order = call.request.query.get('$orderby')
  if (!order) return items
  const [name, direction] = order.trim().split(/\s+/)
  if (!options.properties.has(name!)) {
    throw badRequest(`Could not find a property named '${name}' on type '${options.type}'.`)
  }
  const sign = direction === 'desc' ? -1 : 1
  const read = (item: T) => String((options.filtered ?? options.view)(item)[name!] ?? '')
  const keyed = items.map((item) => ({ item, key: read(item) }))
  const collator = new Intl.Collator('en')
  keyed.sort((a, b) => sign * collator.compare(a.key, b.key))
  return keyed.map(({ item }) => item)
}

function pageSize<T>(top: string | null, { pageSize = 100, maxPageSize = 999 }: ListOptions<T>): number {
  if (top === null) return pageSize
  const wanted = Number(top)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > maxPageSize) {
    throw badRequest(
      `Invalid page size specified: '${top}'. Must be between 1 and ${maxPageSize} inclusive.`,
      'Request_UnsupportedQuery',
    )
  }
  return wanted
}

function nextLink(call: Call, from: number): string {
  const query = new URLSearchParams(call.request.query)
  query.set('$skiptoken', Buffer.from(`from:${from}`).toString('base64url'))
  return `${call.url()}/${call.request.version}${call.request.path}?${query}`
}

function decodeSkip(token: string | null): number {
  if (token === null) return 0
  const from = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]
  if (from === undefined)
    throw new GraphFailure(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    )
  return Number(from)
}

const contextOf = (entitySet: string, selected: string | null) => (selected ? `${entitySet}(${selected})` : entitySet)
