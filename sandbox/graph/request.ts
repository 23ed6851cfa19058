import type { Provisioning } from '../provisioning/service.ts'
import type { Settings } from '../settings.ts'
import type { Clock } from '../tenant/store.ts'
import type { Tenant } from '../tenant/tenant.ts'

/** Who calls, from the access token. */
export interface Caller {
  appId: string
  /** Object id of the caller's service principal, or of the person that an application acts for. */
  objectId: string
  roles: Set<string>
  /** Of a person; absent where an application calls for itself. */
  scopes?: Set<string>
}

/** One Graph request, from the wire or out of a batch. */
export interface GraphRequest {
  method: string
  version: 'v1.0' | 'beta'
  /** Below the version, as sent. */
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: unknown
  caller: Caller
  /** What it writes reaches readers so much later, milliseconds. */
  lagMs?: number
}

export interface GraphResponse {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** What every route works with. */
export interface GraphServices {
  tenant: Tenant
  clock: Clock
  settings: Settings
  provisioning: Provisioning
  /** Graph's synchronizationSchema of a synchronization template; undefined when there is none of that name. */
  templateSchema(templateId: string): unknown
  /** Where Graph is served, without version and trailing slash. */
  url(): string
}

/** A request that found its route. */
export interface Call extends GraphServices {
  request: GraphRequest
  /** Values of the route's `:names`. */
  params: Record<string, string>
  /** The body, when it is an object; a request without one gets a 400. */
  json(): Record<string, unknown>
  /** `@odata.context` for what follows `$metadata#`. */
  context(what: string): string
  nowIso(): string
}

export type Handler = (call: Call) => GraphResponse | Promise<GraphResponse>

export const ok = (body: unknown): GraphResponse => ({ status: 200, body })
export const created = (body: unknown): GraphResponse => ({ status: 201, body })
export const NO_CONTENT: GraphResponse = { status: 204 }
