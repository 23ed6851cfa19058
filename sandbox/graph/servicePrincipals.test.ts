import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const get = (path: string) => sandbox.graph('GET', path)
const restore = (id: string) => sandbox.graph('POST', `/directory/deletedItems/${id}/restore`)
const ROLE = {
  id: '5b2d9a30-6f1e-4f0b-8b7a-1c3e5d7f9a11',
  displayName: 'Reader',
  description: 'Reads',
  value: 'reader',
  isEnabled: true,
  allowedMemberTypes: ['User'],
}

describe('a service principal that was deleted and made again', () => {
  let application: { id: string; appId: string }
  let first: string
  let second: string
  const make = () => sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
  const live = async () =>
    (await get(`/servicePrincipals?$filter=appId eq '${application.appId}'`)).body.value.map(
      ({ id }: { id: string }) => id,
    )
  beforeEach(async () => {
    application = (await sandbox.graph('POST', '/applications', { displayName: 'Twice' })).body
    first = (await make()).body.id
    await sandbox.graph('DELETE', `/servicePrincipals/${first}`)
    second = (await make()).body.id
  })

  test('is the one that its appId finds', async () => {
    expect((await get(`/servicePrincipals(appId='${application.appId}')`)).body.id).toBe(second)
    expect((await make()).status).toBe(400)
    expect(await live()).toEqual([second])
  })

  test('gets the roles of its application', async () => {
    await sandbox.graph('PATCH', `/applications/${application.id}`, { appRoles: [ROLE] })
    expect((await get(`/servicePrincipals/${second}`)).body.appRoles).toMatchObject([ROLE])
  })

  test('issues tokens for its application', async () => {
    await sandbox.graph('PATCH', `/applications/${application.id}`, { identifierUris: ['api://twice'] })
    const { clientId, clientSecret } = (await sandbox.control('GET', '/clients')).body[0]
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
    const body = new URLSearchParams({ ...form, scope: 'api://twice/.default' }).toString()
    const reply = await sandbox.send('POST', `/${sandbox.address.tenantId}/oauth2/v2.0/token`, body)
    expect(reply.body.access_token).toEqual(expect.any(String))
  })

  test('cannot be restored beside its successor', async () => {
    const { status, body } = await restore(first)
    expect([status, body.error.message]).toEqual([
      400,
      'Another object with the same value for property servicePrincipalNames already exists.',
    ])
    expect(await live()).toEqual([second])
  })

  test('goes and comes back with its application, without its predecessor', async () => {
    await sandbox.graph('DELETE', `/applications/${application.id}`)
    expect(await live()).toEqual([])
    await restore(application.id)
    expect(await live()).toEqual([second])
  })

  test('stays away when its predecessor was restored before the application', async () => {
    await sandbox.graph('DELETE', `/applications/${application.id}`)
    await restore(first)
    await restore(application.id)
    expect(await live()).toEqual([first])
  })
})
