/** A request as it came over the wire. */
export interface WireRequest {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: Buffer
  /** A fault lets what it writes reach readers so much later, milliseconds. */
  lagMs?: number
}

export interface WireResponse {
  status: number
  headers: Record<string, string>
  body: string
}

export const JSON_TYPE = 'application/json; charset=utf-8'

export function json(status: number, body: unknown, headers: Record<string, string> = {}): WireResponse {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(body) }
}

/** The JSON of a body; undefined when there is none. @throws SyntaxError */
export function parseJson(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'))
}
