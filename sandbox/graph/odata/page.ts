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

/** Where a page ended: its last item, so that inserts and deletions before it move nothing. */
export interface Position {
  /** Items up to and with the last one. */
  count: number
  id: string
  /** The last item's place in a sorted list. */
  keys?: string[]
}

/** The same request with other values of some parameters; `$` is left as it is, as Graph writes it. */
export function linkTo(call: Call, changes: Record<string, string>): string {
  const query = new URLSearchParams(call.request.query)
  for (const [name, value] of Object.entries(changes)) query.set(name, value)
  return `${call.url()}/${call.request.version}${call.request.path}?${query.toString().replaceAll('%24', '$')}`
}

export const encodeToken = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64url')

/** @throws GraphFailure 400 for a token that the sandbox did not make */
export function decodeToken<T>(token: string): T {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as T
  } catch {
    throw new GraphFailure(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    )
  }
}

/** What follows the position; where its item is gone meanwhile, what follows its place. */
export function* following<T>(items: Iterable<T>, { count, id }: Position, idOf: (item: T) => string): Generator<T> {
  const held: T[] = []
  let index = 0
  let found = false
  for (const item of items) {
    index += 1
    if (found) yield item
    else if (idOf(item) === id) found = true
    else if (index >= count) held.push(item)
  }
  if (!found) yield* held
}
