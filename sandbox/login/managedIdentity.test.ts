import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const ROLES = ['Manage', 'Read'].map((value, index) => ({
  id: `${index + 1}1111111-1111-4111-8111-111111111111`,
  displayName: value,
  description: value,
  value,
  isEnabled: true,
  allowedMemberTypes: ['User', 'Application'],
}))
const EXCHANGE = 'api://AzureADTokenExchange'

let sandbox: TestSandbox
let identity: { clientId: string; principalId: string }
let application: { id: string; appId: string }
let servicePrincipal: { id: string }

beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  identity = (await sandbox.control('POST', '/managedIdentities', { displayName: 'scim' })).body
  application = (
    await sandbox.graph('POST', '/applications', {
      displayName: 'SCIM service',
      appRoles: ROLES,
      api: { requestedAccessTokenVersion: 2 },
    })
  ).body
  await sandbox.graph('PATCH', `/applications/${application.id}`, { identifierUris: [`api://${application.appId}`] })
  servicePrincipal = (
    await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId, appRoleAssignmentRequired: true })
  ).body
})
afterAll(() => sandbox.close())

const tokenFor = (resource: string, clientId = identity.clientId) =>
  sandbox.control('GET', `/managedIdentities/token?${new URLSearchParams({ client_id: clientId, resource })}`)

async function claimsOf(token: string) {
  const { body: keys } = await sandbox.send('GET', `/${sandbox.address.tenantId}/discovery/v2.0/keys`)
  return (await jwtVerify(token, createLocalJWKSet(keys))).payload
}

const present = (client_assertion: string, scope = 'https://graph.microsoft.com/.default') =>
  sandbox.send(
    'POST',
    `/${sandbox.address.tenantId}/oauth2/v2.0/token`,
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: application.appId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      scope,
    }).toString(),
  )

describe('a managed identity', () => {
  test('is a service principal without an application, and listed', async () => {
    const { body } = await sandbox.graph('GET', `/servicePrincipals/${identity.principalId}`)
    expect(body).toMatchObject({ appId: identity.clientId, servicePrincipalType: 'ManagedIdentity' })
    expect((await sandbox.control('GET', '/managedIdentities')).body).toEqual([{ ...identity, displayName: 'scim' }])
  })

  test.each(['https://vault.azure.net', 'https://ossrdbms-aad.database.windows.net'])(
    'is given tokens of version 1 for %s',
    async (resource) => {
      const { body } = await tokenFor(resource)
      expect(body).toMatchObject({ token_type: 'Bearer', resource, client_id: identity.clientId })
      const claims = await claimsOf(body.access_token)
      expect(claims).toMatchObject({ aud: resource, oid: identity.principalId, ver: '1.0', appid: identity.clientId })
      expect(Number(body.expires_on)).toBe(claims.exp)
    },
  )

  test('is refused what there is not', async () => {
    expect((await tokenFor('https://else.example')).body.error.message).toContain('AADSTS500011')
    expect((await tokenFor(EXCHANGE, 'nobody')).body.error.message).toContain('POST /sandbox/managedIdentities')
    expect((await sandbox.control('POST', '/managedIdentities', {})).status).toBe(400)
  })

  test('without a role is refused a resource that asks for one, and with it is given a token of version 2', async () => {
    const resource = `api://${application.appId}`
    expect((await tokenFor(resource)).body.error.message).toContain('AADSTS501051')
    await sandbox.graph('POST', `/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`, {
      principalId: identity.principalId,
      resourceId: servicePrincipal.id,
      appRoleId: ROLES[0]!.id,
    })
    const { login, tenantId } = sandbox.address
    const claims = await claimsOf((await tokenFor(resource)).body.access_token)
    expect(claims).toMatchObject({
      iss: `${login}/${tenantId}/v2.0`,
      aud: application.appId,
      azp: identity.clientId,
      azpacr: '2',
      oid: identity.principalId,
      sub: identity.principalId,
      tid: tenantId,
      roles: ['Manage'],
      ver: '2.0',
    })
    expect(claims.appid).toBeUndefined()
  })
})

describe('a managed identity as the credential of an application', () => {
  const credential = (changes: object = {}) => ({
    name: 'scim',
    issuer: `${sandbox.address.login}/${sandbox.address.tenantId}/v2.0`,
    subject: identity.principalId,
    audiences: [EXCHANGE],
    ...changes,
  })
  const replaceCredentials = async (...credentials: object[]) => {
    const path = `/applications/${application.id}/federatedIdentityCredentials`
    for (const { id } of (await sandbox.graph('GET', path)).body.value) await sandbox.graph('DELETE', `${path}/${id}`)
    for (const each of credentials) expect((await sandbox.graph('POST', path, each)).status).toBe(201)
  }

  test('stands for a secret, where issuer, subject and audience are the ones of its token', async () => {
    const token = (await tokenFor(EXCHANGE)).body.access_token
    expect(await claimsOf(token)).toMatchObject({ aud: 'fb60f99c-7a34-4190-8149-302f77469936', ver: '2.0' })
    await replaceCredentials(credential())
    expect((await present(token)).body).toMatchObject({ token_type: 'Bearer' })
    await replaceCredentials(credential({ subject: servicePrincipal.id }))
    expect((await present(token)).body.error_codes).toEqual([700213])
    await replaceCredentials(credential({ issuer: `${sandbox.address.login}/other/v2.0` }))
    expect((await present(token)).body.error_codes).toEqual([700211])
  })

  test('stands for none with a token for something else, with a changed one, or where it is an ordinary application', async () => {
    await replaceCredentials(credential())
    const token: string = (await tokenFor(EXCHANGE)).body.access_token
    const other = (await tokenFor(`api://${application.appId}`)).body.access_token
    expect((await present(other)).body.error_codes).toEqual([700212])
    const [header, claims] = token.split('.')
    expect((await present(`${header}.${claims}.${'A'.repeat(342)}`)).body.error_codes).toEqual([700027])

    const { clientId, clientSecret, tenantId } = sandbox.address
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${EXCHANGE}/.default`,
    })
    const { body } = await sandbox.send('POST', `/${tenantId}/oauth2/v2.0/token`, form.toString())
    const { oid } = await claimsOf(body.access_token)
    await replaceCredentials(credential({ subject: oid }))
    const refused = (await present(body.access_token)).body
    expect(refused).toMatchObject({ error: 'invalid_client', error_codes: [700226] })
    expect(refused.error_description).toContain('Only MSI tokens may be used')
  })
})
