import { badRequest } from './errors.ts'
import { isEventual } from './odata/match.ts'
import type { Call } from './request.ts'

/** Types that lists of directory objects are narrowed to, by their names in a path; of some the sandbox has none. */
const CASTS = new Map(
  [
    'administrativeUnit',
    'application',
    'device',
    'directoryRole',
    'group',
    'orgContact',
    'servicePrincipal',
    'user',
  ].map((type) => [`microsoft.graph.${type}`.toLowerCase(), type]),
)

/** @throws GraphFailure 400 for a segment that names no type */
export function castType(segment: string): string {
  const type = CASTS.get(segment.toLowerCase())
  if (!type) throw badRequest(`Resource not found for the segment '${segment}'.`, 'BadRequest')
  return type
}

export const isCast = (segment: string): boolean => CASTS.has(segment.toLowerCase())

/** A cast is an advanced query beside a filter or an order, and always of some lists (Graph: advanced query capabilities). */
export function checkCast(call: Call, isAlwaysAdvanced: boolean): void {
  const { query } = call.request
  const isAdvanced = isAlwaysAdvanced || query.has('$filter') || query.has('$orderby')
  if (!isAdvanced || (isEventual(call) && query.get('$count') === 'true')) return
  throw badRequest('Unsupported Query.', 'Request_UnsupportedQuery')
}
