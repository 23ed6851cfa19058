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

describe('what an application exposes', () => {
  const SCOPE = { id: '0f4a1a52-8f6c-4f5e-9d0a-3d5b6f1c2e01', isEnabled: true, type: 'User', value: 'files.read' }

  async function pair(more: object = { appRoles: [ROLE], api: { oauth2PermissionScopes: [SCOPE] } }) {
    const { body: application } = await sandbox.graph('POST', '/applications', { displayName: 'Exposing', ...more })
    const made = await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
    const [app, own] = [`/applications/${application.id}`, `/servicePrincipals/${made.body.id}`]
    return {
      appId: application.appId,
      made: made.body,
      principal: async () => (await get(own)).body,
      patch: (body: object) => sandbox.graph('PATCH', app, body),
      patchPrincipal: (body: object) => sandbox.graph('PATCH', own, body),
    }
  }

  test('its service principal shows from the beginning', async () => {
    const { made, appId } = await pair({
      description: 'Exposes',
      identifierUris: ['api://exposing'],
      signInAudience: 'AzureADMultipleOrgs',
      appRoles: [ROLE],
      api: { oauth2PermissionScopes: [SCOPE] },
    })
    expect(made).toMatchObject({
      appRoles: [ROLE],
      appDescription: 'Exposes',
      appDisplayName: 'Exposing',
      oauth2PermissionScopes: [SCOPE],
      servicePrincipalNames: [appId, 'api://exposing'],
      signInAudience: 'AzureADMultipleOrgs',
    })
  })

  test('its service principal follows, in nothing but what changes', async () => {
    const { principal, patch, patchPrincipal } = await pair()
    const own = [{ ...ROLE, displayName: 'Its own' }]
    await patchPrincipal({ displayName: 'Its own name', appRoles: own })
    await patch({ displayName: 'Renamed' })
    expect(await principal()).toMatchObject({
      displayName: 'Its own name',
      appDisplayName: 'Renamed',
      appRoles: own,
      oauth2PermissionScopes: [SCOPE],
    })
    const off = { ...SCOPE, isEnabled: false }
    await patch({ api: { oauth2PermissionScopes: [off] } })
    expect((await principal()).oauth2PermissionScopes).toEqual([off])
  })

  test.each([
    ['role', { appRoles: [] }, { appRoles: [{ ...ROLE, isEnabled: false }] }],
    [
      'scope',
      { api: { oauth2PermissionScopes: [] } },
      { api: { oauth2PermissionScopes: [{ ...SCOPE, isEnabled: false }] } },
    ],
  ])('a %s is disabled before it is removed', async (_, removal, disabling) => {
    const { patch } = await pair()
    const { status, body } = await patch(removal)
    expect([status, body.error.code]).toEqual([400, 'CannotDeleteOrUpdateEnabledEntitlement'])
    expect((await patch(disabling)).status).toBe(204)
    expect((await patch(removal)).status).toBe(204)
  })
})
