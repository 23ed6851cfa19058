import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { AzureadClient, type Entity } from './azureadClient.ts'

/**
 * The requests of terraform-provider-azuread 3.9 for resources that each write a part of one application, and for
 * passwords: every one of them must leave what the others wrote.
 */
let sandbox: TestSandbox
let azuread: AzureadClient
let application: Entity
let path: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  azuread = await AzureadClient.configure(sandbox)
  application = await azuread.call('POST', '/applications', { displayName: 'In parts' })
  path = `/applications/${application.id}`
})
afterAll(() => sandbox.close())

const read = () => azuread.call('GET', path)
const patch = (body: object) => azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.application', ...body })

test('application_permission_scope adds to those there are, and is disabled before it goes', async () => {
  const scope = (value: string) => ({
    adminConsentDescription: value,
    adminConsentDisplayName: value,
    id: randomUUID(),
    isEnabled: true,
    type: 'User',
    userConsentDescription: null,
    userConsentDisplayName: null,
    value,
  })
  const made = [scope('one'), scope('two')]
  for (const one of made) {
    const { api } = await read()
    await patch({ api: { oauth2PermissionScopes: [...api.oauth2PermissionScopes, one] } })
  }
  expect((await read()).api.oauth2PermissionScopes).toEqual(made)
  await patch({ api: { oauth2PermissionScopes: [made[0], { ...made[1], isEnabled: false }] } })
  await patch({ api: { oauth2PermissionScopes: [made[0]] } })
  expect((await read()).api.oauth2PermissionScopes).toEqual([made[0]])
})

test('application_known_clients leaves the scopes', async () => {
  const { oauth2PermissionScopes } = (await read()).api
  const knownClientApplications = [randomUUID()]
  await patch({ api: { knownClientApplications } })
  expect((await read()).api).toMatchObject({ knownClientApplications, oauth2PermissionScopes })
  await patch({ api: { knownClientApplications: [] } })
  expect((await read()).api).toMatchObject({ knownClientApplications: [], oauth2PermissionScopes })
})

test('application_redirect_uris of each kind stay when the home page is written', async () => {
  const redirectUris = ['https://app.example/callback']
  await patch({ web: { redirectUris } })
  await patch({ spa: { redirectUris } })
  await patch({ publicClient: { redirectUris } })
  await patch({ web: { homePageUrl: 'https://app.example/' } })
  const { web, spa, publicClient } = await read()
  expect(web).toMatchObject({ redirectUris, homePageUrl: 'https://app.example/' })
  expect([spa, publicClient]).toEqual([{ redirectUris }, { redirectUris }])
  await patch({ web: { redirectUris: [] } })
  expect((await read()).web).toMatchObject({ redirectUris: [], homePageUrl: 'https://app.example/' })
})

test('application_password and service_principal_password are listed by their key id until they are removed', async () => {
  const principal = await azuread.call('POST', '/servicePrincipals', { appId: application.appId })
  for (const holder of [path, `/servicePrincipals/${principal.id}`]) {
    const ids = async () => (await azuread.call('GET', holder)).passwordCredentials.map((one: Entity) => one.keyId)
    const { keyId, secretText } = await azuread.call('POST', `${holder}/addPassword`, {
      passwordCredential: { displayName: 'by hand', endDateTime: '2099-01-01T00:00:00Z' },
    })
    expect([await ids(), typeof secretText]).toEqual([[keyId], 'string'])
    await azuread.call('POST', `${holder}/removePassword`, { keyId })
    expect(await ids()).toEqual([])
  }
})
