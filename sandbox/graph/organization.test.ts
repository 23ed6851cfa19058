import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DOMAIN } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())

const get = (path: string) => sandbox.graph('GET', path)

test('the organization is read by the id of the tenant, and by no other', async () => {
  const { tenantId } = sandbox.address
  const [listed] = (await get('/organization')).body.value
  expect((await get(`/organization/${tenantId}`)).body).toMatchObject({ ...listed, id: tenantId })
  expect((await get(`/organization/${tenantId}?$select=displayName`)).body).toEqual({
    '@odata.context': expect.stringContaining('organization/$entity'),
    displayName: listed.displayName,
  })
  expect((await get('/organization/00000000-0000-0000-0000-000000000001')).status).toBe(404)
})

test('its domain is listed and read by its name, with what azuread takes of it; a filter is refused', async () => {
  const { value } = (await get('/domains')).body
  expect(value).toMatchObject([
    {
      id: DOMAIN,
      authenticationType: 'Managed',
      isAdminManaged: true,
      isDefault: true,
      isInitial: true,
      isRoot: true,
      isVerified: true,
      supportedServices: ['Email', 'OfficeCommunicationsOnline'],
    },
  ])
  expect((await get(`/domains/${DOMAIN}`)).body).toMatchObject(value[0])
  expect((await get('/domains/other.example')).status).toBe(404)
  expect((await get('/domains?$filter=isDefault eq true')).body.error.code).toBe('Request_UnsupportedQuery')
})

test.each([
  ['Domain.Read.All', '/domains', 200],
  ['Domain.Read.All', '/organization/id', 403],
  ['Organization.Read.All', '/domains', 403],
  ['Organization.Read.All', '/organization/id', 200],
  ['User.Read.All', `/domains/${DOMAIN}`, 403],
])('who may %s and asks for %s gets %i', async (permission, path, status) => {
  const authorization = `Bearer ${await sandbox.tokenWith([permission])}`
  const url = `/v1.0${path.replace('/id', `/${sandbox.address.tenantId}`)}`
  expect((await sandbox.send('GET', url, undefined, { authorization })).status).toBe(status)
})
