import { badRequest } from '../errors.ts'
import type { Call } from '../request.ts'
import { alternatives, compileFilter, isAdvanced } from './evaluate.ts'
import { type Filter, parseFilter } from './filter.ts'
import type { ListOptions } from './list.ts'
import { compileSearch } from './search.ts'

type Test = (item: Record<string, unknown>) => boolean

export const isEventual = (call: Call) => call.request.headers.consistencylevel?.toLowerCase() === 'eventual'

/** The items that `$filter` and `$search` let through, found as they are asked for. */
export function matching<T>(call: Call, items: Iterable<T>, options: ListOptions<T>): Iterable<T> {
  const { query } = call.request
  const tests: Test[] = []
  if (query.get('$filter')) tests.push(filterTest(call, query.get('$filter')!, options))
  if (query.get('$search')) tests.push(searchTest(call, query.get('$search')!, options.searchable ?? []))
  return tests.length === 0 ? items : passing(items, tests, options.filtered ?? options.view)
}

function* passing<T>(items: Iterable<T>, tests: Test[], read: (item: T) => Record<string, unknown>): Generator<T> {
  for (const item of items) {
    const view = read(item)
    if (tests.every((test) => test(view))) yield item
  }
}

function filterTest<T>(call: Call, filter: string, options: ListOptions<T>): Test {
  const parsed = parseFilter(filter)
  if (options.directoryObjects) checkSize(parsed)
  const counts = call.request.query.get('$count') === 'true' || call.request.path.endsWith('/$count')
  if (options.directoryObjects && isAdvanced(parsed) && !(isEventual(call) && counts)) {
    throw badRequest('Unsupported Query.', 'Request_UnsupportedQuery')
  }
  return compileFilter(parsed, options)
}

/** Graph takes no more alternatives than this, in an `in` or joined by `or` (Graph: use the $filter query parameter). */
const ALTERNATIVES = 15

function checkSize(filter: Filter): void {
  const count = alternatives(filter)
  if (count <= ALTERNATIVES) return
  throw badRequest(
    `Too many child clauses specified in search filter expression containing 'OR' operators: ${count}. Max allowed: ${ALTERNATIVES}.`,
    'Request_UnsupportedQuery',
  )
}

function searchTest(call: Call, search: string, searchable: readonly string[]): Test {
  if (isEventual(call)) return compileSearch(search, searchable)
  throw badRequest(
    "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    'Request_UnsupportedQuery',
  )
}
