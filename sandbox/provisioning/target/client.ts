import { type Operation, patchBody } from '../../../sync/scim/patch.ts'
import type { Resource } from '../../../sync/scim/path.ts'
import { codeOfStatus, quote, SCIM_CODE, TargetError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { Pacing } from './throttle.ts'
import type { TokenSource } from './token.ts'
import type { IncomingAnswer, Transport } from './transport.ts'

export type Endpoint = 'Users' | 'Groups'

/** The SCIM requests that provisioning makes; each throws TargetError. */
export interface ScimClient {
  query(endpoint: Endpoint, filter: string): Promise<Resource[]>
  read(endpoint: Endpoint, id: string): Promise<Resource>
  /** `/Schemas`, as a ListResponse (RFC 7644 §4). */
  schemas(): Promise<Resource[]>
  create(endpoint: Endpoint, body: object): Promise<Resource>
  /** In several requests where the operations are too many for one. */
  patch(endpoint: Endpoint, id: string, operations: Operation[]): Promise<void>
  /** An object that is gone already counts as deleted. */
  remove(endpoint: Endpoint, id: string): Promise<void>
}

/**
 * Source of the request forms: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint". The flags in the
 * tenant URL's query go with every request, as entered.
 */
export function scimClient(
  settings: Settings,
  tokens: TokenSource,
  transport: Transport,
  pace: Pacing,
  operationsPerPatch: number | null,
): ScimClient {
  const base = `${settings.tenantUrl.origin}${settings.tenantUrl.pathname.replace(/\/+$/, '')}`
  const flags = settings.tenantUrl.search.slice(1)
  const withoutMembers = (endpoint: Endpoint) => (endpoint === 'Groups' ? 'excludedAttributes=members' : '')
  const url = (path: string, ...query: string[]): string => {
    const all = [...query, flags].filter((part) => part !== '').join('&')
    return all === '' ? `${base}/${path}` : `${base}/${path}?${all}`
  }
  const send = async (
    method: string,
    target: string,
    body: string | undefined,
  ): Promise<IncomingAnswer & { token: string }> => {
    await pace.ready()
    const token = await tokens.token()
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/scim+json' }
    if (body) headers['content-type'] = 'application/scim+json; charset=utf-8'
    return { ...(await transport({ method, url: target, headers, body }, `The target at ${base}`)), token }
  }
  const request = async (
    method: string,
    target: string,
    accepted: readonly number[],
    body?: object,
  ): Promise<string> => {
    const text = body && JSON.stringify(body)
    let answer = await send(method, target, text)
    if (answer.status === 401) {
      tokens.renew()
      answer = await send(method, target, text)
    }
    for (let attempt = 1; answer.status === 429 && pace.throttled(answer.retryAfter, attempt); attempt++) {
      answer = await send(method, target, text)
    }
    const { status, token } = answer
    if (accepted.includes(status)) return answer.text
    const path = target.slice(base.length).split('?')[0]
    throw new TargetError(
      codeOfStatus(status),
      `${method} ${path} was answered ${status}: ${quote(answer.text, [token])}`,
      status,
    )
  }
  const resource = (text: string, what: string): Resource => {
    const parsed = parse(text)
    if (parsed) return parsed
    throw new TargetError(
      `${SCIM_CODE}ServiceIncompatible`,
      `${what} was not answered with a SCIM resource: ${quote(text, [])}`,
    )
  }
  const list = (text: string, what: string): Resource[] => {
    const { Resources, totalResults } = resource(text, what)
    if (Array.isArray(Resources)) return Resources as Resource[]
    if (totalResults === 0) return []
    throw new TargetError(`${SCIM_CODE}ServiceIncompatible`, `${what} was not answered with a ListResponse`)
  }

  return {
    async query(endpoint, filter) {
      const target = url(endpoint, withoutMembers(endpoint), new URLSearchParams({ filter }).toString())
      return list(await request('GET', target, [200]), `The query ${filter}`)
    },
    schemas: async () => list(await request('GET', url('Schemas'), [200]), 'GET /Schemas'),
    async read(endpoint, id) {
      const target = url(`${endpoint}/${encodeURIComponent(id)}`, withoutMembers(endpoint))
      return resource(await anchored(request('GET', target, [200]), id), `GET /${endpoint}/${id}`)
    },
    async create(endpoint, body) {
      const made = resource(await request('POST', url(endpoint), [200, 201], body), `POST /${endpoint}`)
      if (typeof made.id === 'string' && made.id !== '') return made
      throw new TargetError(`${SCIM_CODE}ServiceIncompatible`, `POST /${endpoint} was answered without an id`)
    },
    async patch(endpoint, id, operations) {
      const atOnce = operationsPerPatch ?? operations.length
      for (let next = 0; next < operations.length; next += atOnce) {
        const body = patchBody(operations.slice(next, next + atOnce))
        await anchored(request('PATCH', url(`${endpoint}/${encodeURIComponent(id)}`), [200, 204], body), id)
      }
    },
    async remove(endpoint, id) {
      await request('DELETE', url(`${endpoint}/${encodeURIComponent(id)}`), [200, 202, 204, 404])
    },
  }
}

/** A linked object that the target no longer has can only be matched anew, by a restart. */
async function anchored<T>(request: Promise<T>, id: string): Promise<T> {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof TargetError) || error.status !== 404) throw error
    throw new TargetError(
      'InvalidAnchor',
      `The target no longer has ${id}; restart provisioning to match it again.`,
      404,
    )
  }
}

function parse(text: string): Resource | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Resource) : null
  } catch {
    return null
  }
}
