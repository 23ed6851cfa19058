import { badRequest, clip } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import { asObject, getCaseless, requireSchema } from '../resource/body.ts'

/** What a client asks of a list: RFC 7644 §3.4.2, RFC 9865 §2. */
export interface ListQuery {
  filter?: string
  attributes?: string | string[]
  excludedAttributes?: string | string[]
  sortBy?: string
  descending: boolean
  startIndex?: number
  count?: number
  /** Empty: the first page. */
  cursor?: string
}

const texts = ['filter', 'sortBy', 'sortOrder', 'cursor'] as const
const lists = ['attributes', 'excludedAttributes'] as const

/** From the parameters of a URL. Throws 400 for those given twice, and for values that are not allowed. */
export function queryOfUrl(parameters: UrlParameters): ListQuery {
  return readQuery((name) => onlyValue(parameters, name))
}

export type UrlParameters = Record<string, string | string[] | undefined>

/** Throws 400 for a parameter that is given twice. */
export function onlyValue(parameters: UrlParameters, name: string): string | undefined {
  const given = parameters[name]
  if (Array.isArray(given)) throw badRequest('invalidValue', `${name} is given twice`)
  return given
}

/** From the body of a search: RFC 7644 §3.4.3. Names in any case; unknown ones are ignored. */
export function queryOfBody(body: unknown): ListQuery {
  const object = asObject(body, 'The body')
  requireSchema(object, 'urn:ietf:params:scim:api:messages:2.0:SearchRequest')
  return readQuery((name) => bodyValue(object, name))
}

function bodyValue(body: Json, name: string): string | string[] | undefined {
  const value = getCaseless(body, name) ?? undefined
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  const isList = lists.some((each) => each === name) && Array.isArray(value)
  if (isList && value.every((item) => typeof item === 'string')) return value
  throw badRequest('invalidValue', `${name} may not be ${clip(JSON.stringify(value))}`)
}

function readQuery(value: (name: string) => string | string[] | undefined): ListQuery {
  const [filter, sortBy, sortOrder, cursor] = texts.map((name) => value(name) as string | undefined)
  const [attributes, excludedAttributes] = lists.map(value)
  const startIndex = integer('startIndex', value('startIndex'), 'invalidValue')
  const count = integer('count', value('count'), cursor === undefined ? 'invalidValue' : 'invalidCount')
  return {
    ...(filter !== undefined && { filter }),
    ...(attributes && { attributes }),
    ...(excludedAttributes && { excludedAttributes }),
    ...(sortBy && { sortBy }),
    descending: isDescending(sortOrder),
    ...(startIndex !== undefined && { startIndex }),
    ...(count !== undefined && { count }),
    ...(cursor !== undefined && { cursor }),
  }
}

function isDescending(sortOrder: string | undefined): boolean {
  const order = sortOrder?.toLowerCase() || 'ascending'
  if (order === 'ascending' || order === 'descending') return order === 'descending'
  throw badRequest('invalidValue', `sortOrder is ascending or descending; it was ${JSON.stringify(clip(order))}`)
}

function integer(
  name: string,
  text: string | string[] | undefined,
  scimType: 'invalidValue' | 'invalidCount',
): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d+$/.test(String(text))) {
    throw badRequest(scimType, `${name} must be an integer; it was ${JSON.stringify(clip(String(text)))}`)
  }
  return Math.min(Number(text), 2 ** 31 - 1)
}
