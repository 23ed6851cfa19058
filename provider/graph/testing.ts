/** A Graph client over an answering function, for tests: no network, and a clock that only waits move. */

import { createGraph, type Graph } from './client.ts'
import type { Clock } from './clock.ts'

export interface Sent {
  method: string
  /** Below the version, decoded. */
  path: string
  body: unknown
  headers: Headers
}

export interface Answer {
  status?: number
  body?: unknown
  headers?: Record<string, string>
}

export type Respond = (request: Sent) => Answer | undefined

export interface FakeGraph {
  graph: Graph
  /** `METHOD /path` of each request, batched ones as they stand inside. */
  log: string[]
  clock: Clock & { slept: number[] }
}

export const TENANT_ID = '11111111-2222-3333-4444-555555555555'

export function fakeClock(start = Date.parse('2026-01-01T00:00:00Z')): FakeGraph['clock'] {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      slept.push(milliseconds)
      now += milliseconds
    },
  }
}

/** What `respond` leaves unanswered is 404. Parts of a batch reach it one by one. */
export function fakeGraph(respond: Respond, clock = fakeClock()): FakeGraph {
  const log: string[] = []
  const answer = (request: Sent): Required<Answer> => {
    log.push(`${request.method} ${request.path}`)
    const notFound = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'not there' } } }
    return { status: 200, body: undefined, headers: {}, ...(respond(request) ?? notFound) }
  }
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    init.signal?.throwIfAborted()
    const path = pathOf(String(input).replace('https://graph.microsoft.com/v1.0', ''))
    const request = { method: init.method ?? 'GET', path, body: parse(init.body), headers: new Headers(init.headers) }
    if (path !== '/$batch') return response(answer(request))
    const { requests } = request.body as { requests: { id: string; method: string; url: string; body?: unknown }[] }
    const responses = requests.map(({ id, method, url, body }) => ({
      id,
      ...answer({ method, path: pathOf(url), body, headers: request.headers }),
    }))
    return response({ status: 200, body: { responses }, headers: {} })
  }
  const graph = createGraph({
    settings: { tenantId: TENANT_ID, credential: { kind: 'cli' }, cloud: { name: 'public' } },
    credential: { getToken: async () => ({ token: 'token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
    fetch: fetch as typeof globalThis.fetch,
    clock,
  })
  return { graph, log, clock }
}

const pathOf = (url: string) => decodeURIComponent(url)
const parse = (body: unknown) => (typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined)

function response({ status, body, headers }: Required<Answer>): Response {
  const text = body === undefined || status === 204 ? null : JSON.stringify(body)
  return new Response(text, { status, headers: { 'Content-Type': 'application/json', ...headers } })
}
