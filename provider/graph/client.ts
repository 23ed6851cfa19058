/** Microsoft Graph v1.0 of one tenant: typed JSON calls, paging, batches and waits. */
import type { TokenCredential } from '@azure/identity'
import { type BatchAnswer, type BatchItem, sendBatch } from './batch.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Endpoints, endpointsOf } from './cloud.ts'
import { createCredential, type TokenSource, tokenSource } from './credential.ts'
import { GraphError } from './error.ts'
import type { GraphSettings } from './settings.ts'
import { type Call, createTransport, type Transport } from './transport.ts'
import { type Wait, waitFor } from './wait.ts'

export type { BatchAnswer, BatchItem } from './batch.ts'
export { GraphError, isBlankUnauthorized, isNotFound, missesPermission } from './error.ts'
export { type GraphSettings, graphSettings } from './settings.ts'
export { type Look, WaitTimeout } from './wait.ts'

export interface CallOptions {
  /** Carrying the request out twice does no harm; true for all methods but POST. */
  repeatable?: boolean
  /** Wait for a 409 to pass. */
  settles?: boolean
  headers?: Record<string, string>
}

/** Paths are below the version and already encoded; each call throws GraphError when Graph says no. */
export interface Graph {
  readonly tenantId: string
  get<T>(path: string, options?: CallOptions): Promise<T>
  post<T = void>(path: string, body?: unknown, options?: CallOptions): Promise<T>
  patch(path: string, body: unknown, options?: CallOptions): Promise<void>
  put(path: string, body: unknown, options?: CallOptions): Promise<void>
  delete(path: string, options?: CallOptions): Promise<void>
  /** Items of all pages, each fetched when the one before is used up. */
  list<T>(path: string, options?: CallOptions): AsyncIterable<T>
  /** All items of all pages. */
  collect<T>(path: string, options?: CallOptions): Promise<T[]>
  /** One answer an item, in order, whatever its status. */
  batch(items: readonly BatchItem[]): Promise<BatchAnswer[]>
  /** The error that an answer of a batch stands for. */
  failure(item: BatchItem, answer: BatchAnswer): GraphError
  waitFor<T>(wait: Wait<T>): Promise<T>
  /** Milliseconds since the epoch, by the clock that waits go by. */
  now(): number
  /** Root of Graph's addresses, for `@odata.id` references. */
  address(path: string): Promise<string>
  /** The tenant's own application as a caller elsewhere: a token for `scope`; a `fresh` one has the roles of this moment. */
  token(scope: string, options?: { fresh?: boolean }): Promise<string>
  /** The same Graph, whose requests and waits end when `signal` aborts. */
  during(signal: AbortSignal): Graph
  /** Requests sent so far, repeats included. */
  readonly calls: number
}

export interface GraphOptions {
  settings: GraphSettings
  fetch?: typeof globalThis.fetch
  clock?: Clock
  /** In place of the one that the settings name. */
  credential?: TokenCredential
  /** Makes the one that the settings name. */
  createCredential?: typeof createCredential
}

export function createGraph(options: GraphOptions): Graph {
  const { settings, fetch = globalThis.fetch, clock = systemClock, createCredential: make = createCredential } = options
  const counter = { calls: 0 }
  let endpoints: Promise<Endpoints> | undefined
  const where = () => (endpoints ??= endpointsOf(settings.cloud, fetch))
  let credential: Promise<TokenCredential> | undefined
  const token = async (scope: string, { fresh = false } = {}) => {
    const { login } = await where()
    const source = () =>
      (credential ??= options.credential ? Promise.resolve(options.credential) : make(settings, login, fetch))
    tokens ??= tokenSource(settings, login, source, clock)
    if (fresh) {
      // Credentials keep the tokens that they were given.
      credential = undefined
      tokens.forget(scope)
    }
    return tokens.token(scope)
  }
  let tokens: TokenSource | undefined
  let transport: Promise<Transport> | undefined
  const send = async (call: Call) => {
    transport ??= where().then((found) =>
      createTransport({ endpoints: found, token, fetch, clock, onRequest: () => counter.calls++ }),
    )
    return (await transport)(call)
  }
  return graphOver({ tenantId: settings.tenantId, send, token, where, clock, counter })
}

interface Parts {
  tenantId: string
  send: Transport
  token: Graph['token']
  where(): Promise<Endpoints>
  clock: Clock
  counter: { calls: number }
  signal?: AbortSignal
}

function graphOver(parts: Parts): Graph {
  const { tenantId, clock, signal } = parts

  async function call<T>(method: Call['method'], path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    const { repeatable = method !== 'POST', settles = false, headers } = options
    const response = await parts.send({ method, path, body, repeatable, settles, headers, signal })
    const answer = await parsed(response)
    if (response.ok) return answer as T
    throw new GraphError({
      tenantId,
      method,
      path,
      status: response.status,
      body: answer,
      requestId: response.headers.get('request-id') ?? undefined,
    })
  }

  async function* list<T>(path: string, options?: CallOptions): AsyncIterable<T> {
    for (let next: string | undefined = path; next; ) {
      const page: { value: T[]; '@odata.nextLink'?: string } = await call('GET', next, undefined, options)
      yield* page.value
      next = page['@odata.nextLink']
    }
  }

  return {
    tenantId,
    get: (path, options) => call('GET', path, undefined, options),
    post: (path, body, options) => call('POST', path, body, options),
    patch: (path, body, options) => call('PATCH', path, body, options),
    put: (path, body, options) => call('PUT', path, body, options),
    delete: (path, options) => call('DELETE', path, undefined, options),
    list,
    async collect<T>(path: string, options?: CallOptions) {
      const items: T[] = []
      for await (const item of list<T>(path, options)) items.push(item)
      return items
    },
    batch: (items) => sendBatch(items, (body) => call('POST', '/$batch', body, { repeatable: true }), clock, signal),
    failure: ({ method, url }, { status, body, headers }) =>
      new GraphError({ tenantId, method, path: url, status, body, requestId: headers['request-id'] }),
    waitFor: (wait) => waitFor(wait, clock, signal),
    now: clock.now,
    address: async (path) => `${(await parts.where()).graph}/v1.0${path}`,
    token: parts.token,
    during: (bound) => graphOver({ ...parts, signal: bound }),
    get calls() {
      return parts.counter.calls
    },
  }
}

async function parsed(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
