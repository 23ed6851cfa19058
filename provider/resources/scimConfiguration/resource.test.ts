import { expect, test } from '@jest/globals'
import { fakeClock } from '../../graph/testing.ts'
import { markerOf } from '../common/marker.ts'
import { UNKNOWN } from '../resource.ts'
import { fakeTenant } from '../testing/tenant.ts'
import type { SecretRecord } from './api.ts'
import type { ScimConfigurationInputs } from './inputs.ts'
import { createScimConfiguration } from './resource.ts'

const API = 'https://scim.example/api/tenants/t'

interface Stored {
  id: string
  name: string
  defaultLicence: string
  managedBy: string
  secrets: SecretRecord[]
}

const DAY = 86_400_000

/** The management API in memory. */
function setUp(env: Record<string, string> = { ENTRADA_SCIM_ADMIN_TOKEN: 'admin-token' }) {
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

test('create gives credentials and marks the configuration as its own', async () => {
  const { resource, inputs, stored, log, tokens, context } = setUp()
  const own = context()
  const { id, outputs } = await resource.create(inputs({ licences: { named: 10 } }), own)
  expect(id).toBe(`${API}/configurations/id1`)
  expect(outputs).toMatchObject({ configurationId: 'id1', clientId: 'c-id1', clientSecret: 'secret1', secretId: 's1' })
  expect(stored[0]).toMatchObject({ name: 'main', defaultLicence: 'named', managedBy: markerOf(own.urn) })
  expect(log).toEqual(['POST /configurations', 'PUT '])
  expect(tokens).toEqual(new Set(['Bearer admin-token']))
})

test('what an interrupted run left is taken over with a new secret', async () => {
  const { resource, inputs, stored, context } = setUp()
  await resource.create(inputs(), context())
  const { outputs } = await resource.create(inputs({ defaultLicence: 'readOnly' }), context())
  expect(outputs).toMatchObject({ configurationId: 'id1', clientSecret: 'secret2' })
  expect(stored).toHaveLength(1)
  expect(stored[0]?.defaultLicence).toBe('readOnly')
})

test('a configuration of somebody else is refused, with the ways out', async () => {
  const { resource, inputs, context } = setUp()
  await resource.create(inputs(), context('one'))
  await expect(resource.create(inputs(), context('two'))).rejects.toThrow(
    /already has a configuration 'main' \(id1\).*another name, or import it: pulumi import .*ScimConfiguration two https:\/\/scim.example\/api\/tenants\/t\/configurations\/id1/,
  )
})

test('a changed rotation asks for one new secret, and nothing else does', async () => {
  const { resource, inputs, stored, context } = setUp()
  const olds = inputs()
  const { id, outputs } = await resource.create(olds, context())
  const renamed = await resource.update({ id, inputs: olds, outputs }, inputs({ name: 'other' }), context())
  expect(renamed.clientSecret).toBe('secret1')
  expect(stored[0]?.name).toBe('other')
  const rotated = await resource.update({ id, inputs: olds, outputs }, inputs({ rotation: '2' }), context())
  expect(rotated).toMatchObject({ clientSecret: 'secret2', secretId: 's2' })
  await expect(
    resource.preview(inputs({ rotation: '2' }), { id, inputs: olds, outputs }, context()),
  ).resolves.toMatchObject({
    clientSecret: UNKNOWN,
    clientId: 'c-id1',
  })
})

test('a period: nothing before it is over, then one new secret, and the old one ends once the new one has taken over', async () => {
  const { resource, inputs, stored, clock, use, context } = setUp()
  const asked = inputs({ rotation: { every: '90d' } })
  const { id, ...made } = await resource.create(asked, context())
  let outputs = made.outputs
  const state = () => ({ id, inputs: asked, outputs })
  const pass = (days: number) => clock.sleep(days * DAY)
  const changes = () => resource.diff(state(), asked).changes
  const secrets = () => stored[0]!.secrets.map((secret) => secret.id)
  const update = async (own = context()) => {
    outputs = await resource.update(state(), asked, own)
    return own
  }
  expect(outputs).toMatchObject({ secretCreatedAt: '2026-01-01T00:00:00.000Z', previousSecretId: null })
  expect(outputs.secretExpiresAt).toBe('2028-01-01T00:00:00.000Z')
  use('s1')

  await pass(89.9)
  expect(changes()).toEqual({})
  expect(await resource.preview(asked, state(), context())).toMatchObject({ clientSecret: 'secret1' })
  await pass(0.1)
  expect(changes()).toEqual({ secretId: 'update' })
  expect(await resource.preview(asked, state(), context())).toMatchObject({ clientSecret: UNKNOWN, clientId: 'c-id1' })
  await update()
  expect(outputs).toMatchObject({ clientSecret: 'secret2', secretId: 's2', previousSecretId: 's1' })
  expect(secrets()).toEqual(['s1', 's2'])

  // Entra tests the connection; that alone does not show that cycles use the new secret.
  use('s2')
  await pass(0.9)
  expect(changes()).toEqual({})
  await pass(0.2)
  expect(changes()).toEqual({ previousSecretId: 'delete' })
  expect(outputs).toEqual((await resource.read(state(), context()))!.outputs)
  expect((await update()).logged).toEqual([expect.stringMatching(/stays valid: no cycle.*2026-04-09/)])
  expect(secrets()).toEqual(['s1', 's2'])
  expect(changes()).toEqual({})

  use('s2')
  await pass(7)
  expect(changes()).toEqual({ previousSecretId: 'delete' })
  expect((await update()).logged).toEqual([])
  expect(secrets()).toEqual(['s2'])
  expect(outputs).toMatchObject({ clientSecret: 'secret2', previousSecretId: null, retireFrom: null })
  expect(changes()).toEqual({})
  await pass(85)
  expect(changes()).toEqual({ secretId: 'update' })
})

test('another form of rotation is no reason for a new secret; its first text is, as is taking a text away', async () => {
  const { resource, inputs, context } = setUp()
  const changed = async (before: unknown, after: unknown) => {
    const olds = inputs({ name: `${JSON.stringify([before, after])}`, rotation: before })
    const state = { inputs: olds, ...(await resource.create(olds, context())) }
    return 'secretId' in resource.diff(state, { ...olds, ...inputs({ rotation: after }), name: olds.name }).changes
  }
  expect(await changed(undefined, { every: '90d' })).toBe(false)
  expect(await changed('1', { every: '90d' })).toBe(false)
  expect(await changed({ every: '30d' }, { every: '90d' })).toBe(false)
  expect(await changed({ every: '30d' }, undefined)).toBe(false)
  expect(await changed({ every: '30d' }, '1')).toBe(true)
  expect(await changed('1', '2')).toBe(true)
  expect(await changed('1', undefined)).toBe(true)
})

test('a state of before the record was kept is brought up to date, and only then is a period looked at', async () => {
  const { resource, inputs, clock, use, context } = setUp()
  const olds = inputs()
  const { id, outputs: all } = await resource.create(olds, context())
  use('s1')
  const { secretCreatedAt: _, secretExpiresAt: __, previousSecretId: ___, retireFrom: ____, ...outputs } = all
  const state = { id, inputs: olds, outputs: outputs as typeof all }
  expect(resource.diff(state, olds).changes).toEqual({})
  const asked = inputs({ rotation: { every: '90d' } })
  expect(resource.diff(state, asked).changes).toEqual({ rotation: 'add' })
  expect(await resource.preview(asked, state, context())).toMatchObject({ clientSecret: 'secret1' })
  expect(await resource.update(state, asked, context())).toEqual(all)
  await clock.sleep(90 * DAY)
  expect(await resource.preview(asked, state, context())).toMatchObject({ clientSecret: UNKNOWN })
  expect(await resource.update(state, asked, context())).toMatchObject({ secretId: 's2', previousSecretId: 's1' })
})

test('the environment names a secret to replace, and one to end; named again, neither happens twice', async () => {
  const env: Record<string, string> = { ENTRADA_SCIM_ADMIN_TOKEN: 'admin-token' }
  const { resource, inputs, stored, use, context } = setUp(env)
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  use('s1')
  env.ENTRADA_REPLACE_SECRET = 's1'
  expect(resource.diff({ id, inputs: asked, outputs }, asked).changes).toEqual({ secretId: 'update' })
  const replaced = await resource.update({ id, inputs: asked, outputs }, asked, context())
  const state = { id, inputs: asked, outputs: replaced }
  expect(resource.diff(state, asked).changes).toEqual({})
  env.ENTRADA_RETIRE_SECRET = 's1'
  expect(resource.diff(state, asked).changes).toEqual({ previousSecretId: 'delete' })
  const retired = await resource.update(state, asked, context())
  expect(stored[0]!.secrets.map((secret) => secret.id)).toEqual(['s2'])
  expect(resource.diff({ ...state, outputs: retired }, asked).changes).toEqual({})
})

test('a period that cannot be used is refused in words', () => {
  const { resource } = setUp()
  const reasons = (rotation: unknown) =>
    resource.check({ apiUrl: API, name: 'main', rotation }).failures.map(({ reason }) => reason)
  for (const every of ['90', '0d', '731d', '12h', ''])
    expect(reasons({ every })).toEqual([expect.stringContaining('{ every: "90d" }: whole days, from 1d to 730d')])
  for (const every of ['1d', '90d', '699d', '730d', UNKNOWN]) expect(reasons({ every })).toEqual([])
  expect(reasons(UNKNOWN)).toEqual([])
})

test('a secret that was taken away at the service is made anew at the next update', async () => {
  const { resource, inputs, stored, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  stored[0]!.secrets = []
  const state = (await resource.read({ id, inputs: asked, outputs }, context()))!
  expect(Object.keys(resource.diff(state, asked).changes)).toEqual(['secretId'])
  await expect(resource.update(state, asked, context())).resolves.toMatchObject({ clientSecret: 'secret2' })
})

test('a service that moved is followed by an update, and another service is refused', async () => {
  const { resource, inputs, stored, log, context } = setUp()
  const olds = inputs()
  const { id, outputs } = await resource.create(olds, context())
  const moved = inputs({ apiUrl: API.replace('https://', 'https://new.') })
  expect(resource.diff({ id, inputs: olds, outputs }, moved).changes).toEqual({ apiUrl: 'update' })
  await expect(resource.update({ id, inputs: olds, outputs }, moved, context())).resolves.toMatchObject({
    configurationId: outputs.configurationId,
    clientSecret: 'secret1',
  })
  expect(log.at(-1)).toContain('new.')
  stored.length = 0
  await expect(resource.update({ id, inputs: olds, outputs }, moved, context())).rejects.toThrow(
    /no configuration id1.*--replace/,
  )
})

test('read tells drift, and null once it is gone; delete does not mind', async () => {
  const { resource, inputs, stored, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  stored[0]!.name = 'renamed'
  const state = (await resource.read({ id, inputs: asked, outputs }, context()))!
  expect(resource.diff(state, asked).changes).toEqual({ name: 'update' })
  await resource.delete(state, context())
  await expect(resource.read({ id, inputs: asked, outputs }, context())).resolves.toBeNull()
  await resource.delete(state, context())
})

test('a missing management credential is named, and with an audience a token from Entra takes its place', async () => {
  const { resource, inputs, tokens, context } = setUp({})
  await expect(resource.create(inputs(), context())).rejects.toThrow(/ENTRADA_SCIM_ADMIN_TOKEN is not set/)
  await resource.create(inputs({ audience: 'api://scim' }), context())
  expect(tokens).toEqual(new Set(['Bearer token1']))
})

test('a service that cannot be reached, or refuses, says what to check', async () => {
  const refused = (fetch: typeof globalThis.fetch) => {
    const { inputs, context } = setUp()
    const env = { ENTRADA_SCIM_ADMIN_TOKEN: 'admin-token' }
    const resource = createScimConfiguration({ env, fetch, clock: fakeClock() })
    return resource.create(inputs(), context()).catch((error: Error) => error.message)
  }
  const unreachable = await refused(async () => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
  })
  expect(unreachable).toMatch(/cannot be reached: connect ECONNREFUSED. Check apiUrl/)
  const unauthorized = await refused(async () => Response.json({}, { status: 401 }))
  expect(unauthorized).toMatch(/status 401.*ENTRADA_SCIM_ADMIN_TOKEN/)
  expect(unauthorized).not.toContain('admin-token')
})

const roleMissing = () =>
  Response.json({ error: { code: 'role_missing', message: 'The token has no app role' } }, { status: 403 })

test('a service that was just deployed is waited for, with progress', async () => {
  const { resource, inputs, stored, clock, before, context } = setUp()
  before.push(
    () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND scim.example') })
    },
    () => new Response('Container App is stopped or does not exist', { status: 404 }),
    () => new Response('upstream connect error', { status: 503 }),
    () =>
      Response.json({ error: { code: 'unavailable', message: 'The database cannot be reached now' } }, { status: 503 }),
  )
  const own = context()
  await resource.create(inputs(), own)
  expect(stored).toHaveLength(1)
  expect(clock.slept).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(own.said[0]).toMatch(/^waiting for the SCIM service to answer: .*ENOTFOUND/)
})

test('it is waited for five minutes, and what is on this machine not at all', async () => {
  const { resource, inputs, clock, before, context } = setUp()
  const never = () => new Response('', { status: 502 })
  before.push(...Array.from({ length: 100 }, () => never))
  await expect(resource.create(inputs(), context())).rejects.toThrow(
    /^waited 300 s for the SCIM service to answer; last seen: .*status 502/,
  )
  expect(clock.slept.reduce((sum, each) => sum + each)).toBeLessThan(320_000)
  clock.slept.length = 0
  const local = inputs({ apiUrl: 'http://127.0.0.1:1/api/tenants/t' })
  await expect(resource.create(local, context())).rejects.toThrow(/status 502/)
  expect(clock.slept).toEqual([])
})

test('what the service itself refuses is said at once', async () => {
  const { resource, inputs, clock, before, context } = setUp()
  before.push(() => Response.json({ error: { code: 'not_found', message: 'There is no tenant t' } }, { status: 404 }))
  await expect(resource.create(inputs(), context())).rejects.toThrow('There is no tenant t')
  expect(clock.slept).toEqual([])
})

test('a role that was just assigned is waited for with fresh tokens, for two minutes', async () => {
  const { resource, inputs, tokens, stored, clock, before, context } = setUp()
  const asked = inputs({ audience: 'api://scim' })
  before.push(roleMissing, roleMissing)
  await resource.create(asked, context())
  expect(stored).toHaveLength(1)
  expect(tokens).toEqual(new Set(['Bearer token1', 'Bearer token2', 'Bearer token3']))

  before.push(...Array.from({ length: 100 }, () => roleMissing))
  clock.slept.length = 0
  const failed = await resource.create({ ...asked, name: 'other' }, context()).catch((error: Error) => error.message)
  expect(failed).toMatch(/^waited 120 s for the app role.*The token has no app role.*managed identity/)
  expect(failed).not.toContain('ENTRADA_SCIM_ADMIN_TOKEN')
  expect(clock.slept.reduce((sum, each) => sum + each)).toBeLessThan(140_000)
})

test('so is one without which Entra gives no token', async () => {
  const { resource, inputs, stored, context } = setUp()
  const own = context()
  let refusals = 2
  const token = async () => {
    if (refusals-- > 0) throw new Error("AADSTS501051: Application 'x' is not assigned to a role")
    return 'token'
  }
  await resource.create(inputs({ audience: 'api://scim' }), { ...own, graph: { ...own.graph, token } })
  expect(stored).toHaveLength(1)
  expect(own.said).toHaveLength(2)
})
