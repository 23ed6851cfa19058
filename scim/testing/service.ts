import { pino } from 'pino'
import { type Ready, type ServiceOptions, startService } from '../service.ts'
import type { Settings } from '../settings.ts'
import type { Database } from '../storage/database.ts'
import { openTestDatabase } from './database.ts'
import { requireDescribed } from './described.ts'

export const adminToken = 'an-admin-token-for-tests'

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  body: any
  text: string
}

export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

export interface TestTenant {
  scim: Call
  api: Call
  /** The headers of `scim`. */
  authorization: { authorization: string }
  tokenEndpoint: string
  tenantUrl: string
}

export interface TestService {
  ready: Ready
  /** Below the first tenant's URL, with a token of its first configuration. */
  scim: Call
  /** Below the first tenant's management URL, as administrator. */
  api: Call
  /** A further tenant of its own for a test: its management calls, and SCIM calls as one of its configurations. */
  tenant(licences?: object, defaultLicence?: string): Promise<TestTenant>
  close(): Promise<void>
}

/** A test's process lags by what else it does, compiling among it: that is no overload of the service. */
export const unhurried: Partial<Settings> = { maxEventLoopDelay: 60_000 }

/** The whole service on a free port, its database its own unless one is given. Takes a second and more: one a file. */
export async function startTestService(given?: Database, more: Partial<ServiceOptions> = {}): Promise<TestService> {
  const service = await startService({
    database: given ?? (await openTestDatabase()),
    adminToken,
    host: '127.0.0.1',
    port: 0,
    tenant: 'default',
    firstConfiguration: true,
    logger: pino({ level: 'silent' }),
    ...more,
    settings: { ...unhurried, ...more.settings },
  })
  const { ready } = service
  const asAdmin = { authorization: `Bearer ${adminToken}` }
  let tenants = 0
  return {
    ready,
    scim: callsTo(ready.tenantUrl, await tokenOf(ready.tokenEndpoint, ready.clientId!, ready.clientSecret!)),
    api: callsTo(ready.apiUrl, asAdmin),
    async tenant(licences = {}, defaultLicence = 'named') {
      const api = callsTo(ready.apiUrl.replace(/default$/, `t${++tenants}`), asAdmin)
      await api('PUT', '', { licences })
      const { body } = await api('POST', '/configurations', { name: 'Entra', defaultLicence })
      const authorization = await tokenOf(body.tokenEndpoint, body.clientId, body.clientSecret)
      const scim = callsTo(body.tenantUrl, authorization)
      return { scim, api, authorization, tokenEndpoint: body.tokenEndpoint, tenantUrl: body.tenantUrl }
    },
    close: service.close,
  }
}

export function callsTo(base: string, headers: Record<string, string>): Call {
  return async (method, path, body, more) => {
    const content = body === undefined ? {} : { 'content-type': 'application/scim+json' }
    const json = base.includes('/api/') ? { 'content-type': 'application/json' } : content
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(body === undefined ? {} : json), ...more },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    }
    requireDescribed(method, base + path, answer)
    return answer
  }
}

export async function tokenOf(endpoint: string, id: string, secret: string): Promise<{ authorization: string }> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })
  const { access_token: token } = (await response.json()) as { access_token: string }
  return { authorization: `Bearer ${token}` }
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const newUser = (userName: string, more: object = {}): object => ({
  schemas: [userSchema],
  userName,
  active: true,
  ...more,
})
export const newGroup = (displayName: string, more: object = {}): object => ({
  schemas: [groupSchema],
  displayName,
  ...more,
})
export const patchOf = (...Operations: object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
export const filterBy = (filter: string): string => `?filter=${encodeURIComponent(filter)}`
