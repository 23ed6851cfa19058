/** The bundled SCIM service as target: read by its management API, or by SCIM as any other target. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { bundledReader } from '../../cli/forecast/read/bundled.ts'
import { clientCredentials, scimReader } from '../../cli/forecast/read/scim.ts'
import type { Env } from '../../cli/stack/tenant.ts'
import type { StackConfig } from '../../config/schema.ts'
import { adminToken, startTestService, type TestService, tokenOf } from '../../scim/testing/service.ts'
import { CONFIG, idOf, makeWorld, type World } from './world.ts'

let service: TestService
let world: World
beforeAll(async () => {
  service = await startTestService()
}, 60_000)
afterEach(() => world.close())
afterAll(() => service.close())

const forecast = (target: StackConfig['target'], env: Env) =>
  forecastStack({ ...world.tenant, env, config: { ...CONFIG, target } })

/** Two who are there, one of whom is to be changed, and three who come. */
async function populated() {
  world = makeWorld()
  const { api, scim } = service
  for (const number of [1, 2, 3, 4, 5]) world.assign(world.user(number).id)
  world.group(1, { memberIds: [idOf('user', 1), idOf('user', 2)] })
  world.assign(idOf('group', 1))
  const ids: string[] = []
  for (const number of [1, 2]) {
    const user = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: `user${number}@contoso.test`,
      active: true,
      externalId: idOf('user', number),
      name: { formatted: number === 1 ? 'User 1' : 'Former' },
    }
    ids.push((await scim('POST', '/Users', user)).body.id)
  }
  await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Group 1',
    externalId: idOf('group', 1),
    members: [{ value: ids[0] }],
  })
  await api('PUT', '', { licences: { named: 3 } })
  return api
}

test('is read by either way to the same forecast, and keeps no trace of it', async () => {
  const api = await populated()
  const trail = (await api('GET', '/audit')).body
  const { apiUrl, tenantUrl, tokenEndpoint, clientId, clientSecret } = service.ready
  const found = await forecast({ kind: 'local', apiUrl }, { ENTRADA_SCIM_ADMIN_TOKEN: adminToken })
  const { authorization } = await tokenOf(tokenEndpoint, clientId!, clientSecret!)
  const external = { kind: 'external' as const, tenantUrl, tokenEndpoint, clientId: clientId! }
  const byToken = await forecast(external, { ENTRADA_TARGET_TOKEN: authorization.replace('Bearer ', '') })
  const bySecret = await forecast(external, { ENTRADA_TARGET_CLIENT_SECRET: clientSecret! })
  for (const other of [byToken, bySecret]) {
    expect(other.entries).toEqual(found.entries.map(({ waits: _, ...entry }) => entry))
  }
  expect(found.entries).toMatchObject([
    { outcome: 'match', changes: [] },
    { outcome: 'match', changes: [{ attribute: 'name.formatted', before: 'Former', after: 'User 2' }] },
    { outcome: 'create' },
    { outcome: 'create', waits: true },
    { outcome: 'create', waits: true },
    { kind: 'group', outcome: 'match', changes: [], members: { added: 1, removed: 0 } },
  ])
  expect(found.licences).toEqual({ type: 'named', seats: 3, held: 3, waitingBefore: 0, waiting: 2 })
  expect((await api('GET', '/audit')).body).toEqual(trail)
})

test('tells of licences wherever it runs, and no other target does', async () => {
  world = makeWorld()
  await service.api('PUT', '', { licences: { named: 3 } })
  const bundled = bundledReader({ apiUrl: service.ready.apiUrl, token: adminToken, fetch })
  const target = { kind: 'containerApp', tenant: 'default' } as StackConfig['target']
  const inAzure = await forecastStack(
    { ...world.tenant, config: { ...CONFIG, target } },
    { openTarget: () => ({ reader: bundled, bundled }) },
  )
  expect(inAzure.licences).toMatchObject({ type: 'named', seats: 3 })
  expect(inAzure.unknowns.join()).not.toContain('only the bundled SCIM service tells')
  const { licences, unknowns } = await forecastStack(world.tenant, { openTarget: () => ({ reader: bundled }) })
  expect(licences).toBeNull()
  expect(unknowns.join()).toContain('only the bundled SCIM service tells how many are left')
})

test.each([
  [{}, 'ENTRADA_SCIM_ADMIN_TOKEN must be set'],
  [{ ENTRADA_SCIM_ADMIN_TOKEN: 'wrong-secret' }, 'check ENTRADA_SCIM_ADMIN_TOKEN'],
])('that cannot be read is said, without the secret', async (env, says) => {
  world = makeWorld()
  const { unknowns } = await forecast({ kind: 'local', apiUrl: service.ready.apiUrl }, env)
  expect(unknowns).toEqual(expect.arrayContaining([expect.stringContaining(says)]))
  expect(unknowns.join()).not.toContain('wrong-secret')
})

test('refuses wrong credentials, which the error does not tell', async () => {
  world = makeWorld()
  const { tenantUrl, tokenEndpoint, clientId } = service.ready
  const token = clientCredentials(tokenEndpoint, clientId!, 'wrong-secret', fetch)
  const reading = scimReader({ tenantUrl, token, fetch }).read('user', false)[Symbol.asyncIterator]().next()
  await expect(reading).rejects.toThrow(/token endpoint .* answered 401/)
  await expect(reading).rejects.not.toThrow('wrong-secret')
})
