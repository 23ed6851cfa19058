/** A service that is not there yet, not there just now, or does not let the caller in. */
import { expect, test } from '@jest/globals'
import { fakeClock } from '../../graph/testing.ts'
import { createScimConfiguration } from './resource.ts'
import { setUp } from './service.testing.ts'

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

const noToken = async () => {
  throw new Error('AADSTS500011: The resource principal named api://scim was not found in the tenant')
}

test.each<[string, () => Response]>([
  [
    'that has no name any more',
    () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND scim.example') })
    },
  ],
  ['that is down', () => new Response('upstream connect error', { status: 503 })],
  ['that fails', () => Response.json({ error: { code: 'internal', message: 'It failed' } }, { status: 500 })],
  ['without a replica', () => new Response('Container App is stopped or does not exist', { status: 404 })],
  ['that does not let the caller in', roleMissing],
])('a service %s is taken to be as it was, with a warning: the update may be what repairs it', async (_, answer) => {
  const { resource, inputs, before, context } = setUp()
  const asked = inputs({ audience: 'api://scim' })
  const { id, outputs } = await resource.create(asked, context())
  before.push(answer)
  const own = context()
  const state = { id, inputs: asked, outputs: { ...asked, ...outputs } }
  expect(await resource.read(state, own)).toEqual({ id, inputs: asked, outputs })
  expect(own.logged).toEqual([expect.stringMatching(/^warning: not looked at, and taken to be as the state has it: ./)])
  before.push(answer)
  await expect(resource.read({ id, inputs: undefined, outputs: undefined }, context())).rejects.toThrow()
})

test('so is one whose application is gone from the tenant', async () => {
  const { resource, inputs, context } = setUp()
  const asked = inputs({ audience: 'api://scim' })
  const { id, outputs } = await resource.create(asked, context())
  const own = context()
  const withoutToken = { ...own, graph: { ...own.graph, token: noToken } }
  expect(await resource.read({ id, inputs: asked, outputs }, withoutToken)).toMatchObject({ outputs })
  expect(own.logged).toEqual([expect.stringContaining('AADSTS500011')])
})

test('a management credential that is wrong is no outage', async () => {
  const { resource, inputs, before, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  before.push(() => Response.json({ error: { code: 'unauthorized', message: 'no' } }, { status: 401 }))
  await expect(resource.read({ id, inputs: asked, outputs }, context())).rejects.toThrow(/ENTRADA_SCIM_ADMIN_TOKEN/)
})

test('what stands before a service does not say that a configuration is gone', async () => {
  const { resource, inputs, stored, before, context } = setUp()
  const asked = inputs()
  const { id, outputs } = await resource.create(asked, context())
  before.push(() => new Response('Container App is stopped or does not exist', { status: 404 }))
  await expect(resource.delete({ id, inputs: asked, outputs }, context())).rejects.toThrow(/status 404/)
  expect(stored).toHaveLength(1)
})
