import { expect } from '@jest/globals'
import { fakeClock } from '../../graph/testing.ts'
import { fakeTenant } from '../testing/tenant.ts'
import type { SecretRecord } from './api.ts'
import type { ScimConfigurationInputs } from './inputs.ts'
import { createScimConfiguration } from './resource.ts'

export const API = 'https://scim.example/api/tenants/t'

interface Stored {
  id: string
  name: string
  defaultLicence: string
  managedBy: string
  secrets: SecretRecord[]
}

export const DAY = 86_400_000

/** The management API in memory. */
export function setUp(env: Record<string, string> = { ENTRADA_SCIM_ADMIN_TOKEN: 'admin-token' }) {
  const stored: Stored[] = []
  const log: string[] = []
  const tokens = new Set<string | null>()
  let count = 0
  const clock = fakeClock()
  const at = (days: number) => new Date(clock.now() + days * DAY).toISOString()
  const secretOf = (id: string): SecretRecord => ({ id, createdAt: at(0), expiresAt: at(730), lastUsedAt: null })
  /** The client asks for a token with that secret. */
  const use = (id: string) => {
    for (const { secrets } of stored) for (const one of secrets) if (one.id === id) one.lastUsedAt = at(0)
  }
  const view = (one: Stored) => ({
    ...one,
    tenantUrl: 'https://scim.example/t/scim/v2',
    tokenEndpoint: 'https://scim.example/t/token',
    clientId: `c-${one.id}`,
  })
  const fetch = async (input: unknown, init: RequestInit = {}) => {
    const path = new URL(String(input)).pathname.replace('/api/tenants/t', '')
    const body = init.body ? JSON.parse(String(init.body)) : undefined
    log.push(`${init.method} ${String(input).replace(API, '')}`)
    tokens.add(new Headers(init.headers).get('Authorization'))
    const one = stored.find(({ id }) => path.split('/')[2] === id)
    if (init.method === 'PUT') return new Response(null, { status: 204 })
    if (path === '/configurations') {
      const twin = stored.find(({ name }) => name === body.name)
      if (twin)
        return Response.json(
          { error: { code: 'name_taken', message: 'taken', configurationId: twin.id } },
          { status: 409 },
        )
      const made = { id: `id${++count}`, ...body, secrets: [secretOf(`s${count}`)] }
      stored.push(made)
      return Response.json({ ...view(made), clientSecret: `secret${count}` }, { status: 201 })
    }
    if (!one) return Response.json({ error: { code: 'not_found', message: 'gone' } }, { status: 404 })
    const [, secretId] = path.split('/secrets/')
    if (secretId) {
      one.secrets = one.secrets.filter(({ id }) => id !== secretId)
      return new Response(null, { status: 204 })
    }
    if (path.endsWith('/secrets')) {
      const secret = secretOf(`s${++count}`)
      expect(body).toEqual({ retireOthers: 'never' })
      one.secrets = [...one.secrets, secret].slice(-2)
      return Response.json({ ...secret, clientSecret: `secret${count}` }, { status: 201 })
    }
    if (init.method === 'PATCH') Object.assign(one, body)
    if (init.method === 'DELETE') stored.splice(stored.indexOf(one), 1)
    return init.method === 'GET' ? Response.json(view(one)) : new Response(null, { status: 204 })
  }
  /** What the next requests are answered, before the service itself answers. */
  const before: (() => Response)[] = []
  const fetchThrough = async (input: unknown, init: RequestInit = {}) => {
    const first = before.shift()
    if (!first) return fetch(input, init)
    tokens.add(new Headers(init.headers).get('Authorization'))
    return first()
  }
  const resource = createScimConfiguration({ env, clock, fetch: fetchThrough as typeof globalThis.fetch })
  const inputs = (more: object = {}) =>
    resource.check({ apiUrl: API, name: 'main', ...more }).inputs as ScimConfigurationInputs
  const context = (name = 'target') => {
    const own = fakeTenant().context(name)
    const progress: string[] = []
    let signIns = 1
    const graph = {
      ...own.graph,
      token: async (_scope: string, { fresh = false } = {}) => `token${fresh ? ++signIns : signIns}`,
    }
    return { ...own, graph, said: progress, progress: (message: string) => void progress.push(message) }
  }
  return { resource, inputs, stored, log, tokens, clock, use, before, context }
}
