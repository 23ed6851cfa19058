/** The parts of an OpenAPI 3.1 document that this description is made of. */
export type JsonSchema = Record<string, unknown>

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: JsonSchema
}

export interface Response {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema }>
  content?: Record<string, { schema: JsonSchema }>
}

export interface Described {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, Response>
  security: Record<string, string[]>[]
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type Paths = Record<string, Partial<Record<Method, Described>>>

export const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** The parameters that stand in braces in a path. */
export function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

const meanings: Record<number, string> = {
  200: 'Done',
  201: 'Made',
  204: 'Done; there is nothing to show',
  304: 'It is of the version that If-None-Match names',
  400: 'The request is wrong; the answer says what',
  401: 'The credential is missing, wrong or expired',
  403: 'The client may not do this, or has no role that may',
  404: 'There is no such thing',
  406: 'Accept names nothing that is served',
  409: 'It contradicts what there is already',
  412: 'It has been changed since the version that If-Match names',
  413: 'The body is larger than allowed',
  415: 'The body is of another type',
  429: 'Too many requests; Retry-After says when to come again',
  500: 'The service failed',
  503: 'The service is too busy, or cannot reach its database; Retry-After says when to come again',
}
const retryAfter = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } }

/** An answer of a status, with a body of a type and schema if it has one. */
export function response(status: number, type?: string, schema?: JsonSchema): Response {
  return {
    description: meanings[status]!,
    ...((status === 429 || status === 503) && { headers: retryAfter }),
    ...(type && schema && { content: { [type]: { schema } } }),
  }
}

export function responses(statuses: number[], type: string, schema: JsonSchema): Record<string, Response> {
  return Object.fromEntries(statuses.map((status) => [status, response(status, type, schema)]))
}
