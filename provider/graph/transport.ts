import { randomUUID } from 'node:crypto'
import type { Client, Context, Middleware } from '@microsoft/microsoft-graph-client'
import type { Clock } from './clock.ts'
import type { Endpoints } from './cloud.ts'
import { PATIENCE, pauseBefore, type RetryPolicy, troubleOf } from './retry.ts'

export interface Call extends RetryPolicy {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below the version, or an absolute `@odata.nextLink`. */
  path: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface TransportOptions {
  endpoints: Endpoints
  token: (scope: string) => Promise<string>
  fetch: typeof globalThis.fetch
  clock: Clock
  /** Told of each request that is sent, repeats included. */
  onRequest(): void
}

export type Transport = (call: Call) => Promise<Response>

/** The Graph SDK's client over our own middleware: its retry handler repeats writes blindly and knows no 409. */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const sdk = await import('@microsoft/microsoft-graph-client')
  /** The SDK passes only its own error class on as it is. */
  const passOn = (error: unknown) => Object.assign(new sdk.GraphClientError(), { customError: error })
  const send: Middleware = {
    async execute(context: Context) {
      const call = callOf(context)
      try {
        context.response = await persist(call, options, () => {
          options.onRequest()
          return options.fetch(context.request as string, context.options as RequestInit)
        })
      } catch (error) {
        throw passOn(error)
      }
    },
  }
  const authorize: Middleware = {
    async execute(context: Context) {
      if (!(context.request as string).startsWith(`${options.endpoints.graph}/`)) {
        throw passOn(new Error(`Graph named an address outside ${options.endpoints.graph}; no token is sent there`))
      }
      const token = await options.token(`${options.endpoints.graph}/.default`).catch((error: Error) => {
        throw passOn(error)
      })
      const headers = { ...(context.options?.headers as Record<string, string>), Authorization: `Bearer ${token}` }
      context.options = { ...context.options, headers }
      await send.execute(context)
    },
    setNext() {},
  }
  const client = sdk.Client.initWithMiddleware({
    baseUrl: options.endpoints.graph,
    defaultVersion: 'v1.0',
    middleware: authorize,
  })
  return (call) => request(client, sdk.ResponseType.RAW, call)
}

type Raw = Parameters<ReturnType<Client['api']>['responseType']>[0]

async function request(client: Client, raw: Raw, call: Call): Promise<Response> {
  const prepared = client
    .api(call.path)
    .responseType(raw)
    .headers({ 'client-request-id': randomUUID(), ...call.headers })
    .options({ call, ...(call.signal ? { signal: call.signal } : {}) })
  try {
    switch (call.method) {
      case 'GET':
        return await prepared.get()
      case 'POST':
        return await (call.body === undefined ? prepared.post('') : prepared.post(call.body))
      case 'PATCH':
        return await prepared.patch(call.body)
      case 'PUT':
        return await prepared.put(call.body)
      case 'DELETE':
        return await prepared.delete()
    }
  } catch (error) {
    throw (error as { customError?: Error }).customError ?? error
  }
}

function callOf(context: Context): Call {
  return (context.options as unknown as { call: Call }).call
}

/** Sends until the answer is final or patience ends; the last answer, or the last network error, is what comes back. */
async function persist(
  call: Call,
  { clock, endpoints }: TransportOptions,
  send: () => Promise<Response>,
): Promise<Response> {
  const began = clock.now()
  for (let tries = 1; ; tries++) {
    call.signal?.throwIfAborted()
    let response: Response | undefined
    let failure: unknown
    try {
      response = await send()
    } catch (error) {
      call.signal?.throwIfAborted()
      failure = error
    }
    const retryAfter = response?.headers.get('Retry-After') ?? null
    const trouble = response
      ? troubleOf({ status: response.status, retryAfter, code: await conflictCode(response) }, call)
      : call.repeatable
        ? 'unreachable'
        : undefined
    const pause = pauseBefore(tries, retryAfter, clock.now())
    if (trouble && clock.now() + pause - began <= PATIENCE[trouble]) {
      await response?.body?.cancel()
      await clock.sleep(pause, call.signal)
      continue
    }
    if (response) return response
    throw unreachable(failure as Error, endpoints.graph)
  }
}

async function conflictCode(response: Response): Promise<string | undefined> {
  if (response.status !== 409) return undefined
  const body = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { error?: { code?: string } }
  return body.error?.code
}

function unreachable(error: Error & { cause?: unknown }, host: string): Error {
  const cause = error.cause instanceof Error ? error.cause.message : error.message
  return new Error(
    `${host} cannot be reached: ${cause}. Check the network and the proxy, and that its certificate is trusted.`,
    {
      cause: error,
    },
  )
}
