import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { bulkLimits, listLimits } from '../limits.ts'
import type { Attribute } from '../schema/model.ts'
import { registryOf } from '../schema/registry.ts'
import { putTenant } from '../storage/tenants.ts'
import { openTestDatabase } from '../testing/database.ts'
import { custom, extensions } from '../testing/population.ts'
import { type Call, startTestService, type TestService } from '../testing/service.ts'

let service: TestService
let scim: Call
let tenantUrl: string
beforeAll(async () => {
  const database = await openTestDatabase()
  service = await startTestService(database)
  const made = await service.tenant()
  await putTenant(database, new URL(made.tenantUrl).pathname.split('/')[1]!, { settings: { extensions } }, 'test')
  scim = made.scim
  tenantUrl = made.tenantUrl
}, 60_000)
afterAll(() => service.close())

const urnsOfCore = [
  'urn:ietf:params:scim:schemas:core:2.0:User',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  'urn:ietf:params:scim:schemas:extension:info:2.0:User',
  'urn:entrada:params:scim:schemas:extension:licence:2.0:User',
]

test.each(['/ServiceProviderConfig', '/Schemas', '/ResourceTypes'])(
  '(D1, D2) %s is not filtered, paged or sorted',
  async (path) => {
    expect((await scim('GET', `${path}?filter=id+pr`)).status).toBe(403)
    const [plain, asked] = [await scim('GET', path), await scim('GET', `${path}?startIndex=2&count=0&sortBy=id`)]
    expect(asked.body).toEqual(plain.body)
  },
)

test('(D3) all schemas are listed, those of the tenant too, without nulls', async () => {
  const { status, body, text } = await scim('GET', '/Schemas')
  expect(status).toBe(200)
  expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
  expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual([
    ...urnsOfCore,
    custom,
    'urn:ietf:params:scim:schemas:core:2.0:Group',
  ])
  expect(body.totalResults).toBe(6)
  expect(text).not.toContain('null')
})

test.each([
  ['plain', urnsOfCore[1]!],
  ['percent-encoded', encodeURIComponent(urnsOfCore[1]!)],
  ['in other case', urnsOfCore[1]!.toUpperCase()],
])('(D4) a schema by its URN, %s', async (_form, urn) => {
  const { status, body } = await scim('GET', `/Schemas/${urn}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ id: urnsOfCore[1], meta: { location: `${tenantUrl}/Schemas/${urnsOfCore[1]}` } })
})

test('(D4, D6) what is not known is 404, as a SCIM error', async () => {
  for (const path of ['/Schemas/urn:nosuch', '/ResourceTypes/Device']) {
    const { status, body } = await scim('GET', path)
    expect([status, body.status, body.schemas[0]]).toEqual([404, '404', 'urn:ietf:params:scim:api:messages:2.0:Error'])
  }
})

test('(D5) the characteristics told are those that the service works by', async () => {
  const { body } = await scim('GET', '/Schemas')
  const registry = registryOf(extensions)
  const expected = registry.types.flatMap(({ core, extensions: more }) => [core, ...more])
  expect(body.Resources.map(({ attributes }: { attributes: Attribute[] }) => attributes)).toEqual(
    expected.map(({ attributes }) => attributes),
  )
})

test('(D6) resource types', async () => {
  const { status, body } = await scim('GET', '/ResourceTypes/User')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    id: 'User',
    endpoint: '/Users',
    schema: urnsOfCore[0],
    schemaExtensions: [...urnsOfCore.slice(1), custom].map((schema) => ({ schema, required: false })),
    meta: { location: `${tenantUrl}/ResourceTypes/User` },
  })
  expect((await scim('GET', '/ResourceTypes')).body.Resources).toHaveLength(2)
})

test.each(['PUT', 'POST', 'DELETE', 'PATCH'])('(D7) %s is 405', async (method) => {
  for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes']) {
    expect((await scim(method, path, method === 'DELETE' ? undefined : {})).status).toBe(405)
  }
})

test('(D8) needs a token like the rest', async () => {
  expect((await fetch(`${tenantUrl}/ServiceProviderConfig`)).status).toBe(401)
})

test('(D14, D15, G25) what is supported, with the limits that are enforced', async () => {
  const { body } = await scim('GET', '/ServiceProviderConfig')
  expect(body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: true, maxOperations: bulkLimits.maxOperations, maxPayloadSize: bulkLimits.maxPayloadSize },
    filter: { supported: true, maxResults: listLimits.pageSize },
    sort: { supported: true },
    etag: { supported: true },
    changePassword: { supported: false },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: listLimits.pageSize,
      maxPageSize: listLimits.pageSize,
      cursorTimeout: listLimits.cursorSeconds,
    },
    authenticationSchemes: [{ type: 'oauthbearertoken', primary: true }],
    meta: { location: `${tenantUrl}/ServiceProviderConfig` },
  })
})
