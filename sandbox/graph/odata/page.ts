import { badRequest, GraphFailure } from '../errors.ts'
import type { Call } from '../request.ts'

export interface PageSizes {
  /** 100 where absent. */
  pageSize?: number
  /** 999 where absent, as for users and groups. */
  maxPageSize?: number
}

export function pageSize(top: string | null, { pageSize = 100, maxPageSize = 999 }: PageSizes): number {
  if (top === null) return pageSize
  const wanted = Number(top)
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= maxPageSize) return wanted
  throw badRequest(
    `Invalid page size specified: '${top}'. Must be between 1 and ${maxPageSize} inclusive.`,
    'Request_UnsupportedQuery',
  )
}

/** The same request, for the items from `from` on. */
export function nextLink(call: Call, from: number): string {
  const query = new URLSearchParams(call.request.query)
  query.set('$skiptoken', Buffer.from(`from:${from}`).toString('base64url'))
  return `${call.url()}/${call.request.version}${call.request.path}?${query}`
}

export function decodeSkip(token: string | null): number {
  if (token === null) return 0
  const from = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]
  if (from !== undefined) return Number(from)
  throw new GraphFailure(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  )
}
