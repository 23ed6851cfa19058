import { ClientSecretCredential } from '@azure/identity'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Client } from '@microsoft/microsoft-graph-client'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())

const signIn = (form: Record<string, string>, headers = {}, tenant = sandbox.address.tenantId) =>
  sandbox.send('POST', `/${tenant}/oauth2/v2.0/token`, new URLSearchParams(form).toString(), headers)

const good = () => ({
  grant_type: 'client_credentials',
  client_id: sandbox.address.clientId,
  client_secret: sandbox.address.clientSecret,
  scope: 'https://graph.microsoft.com/.default',
})

const credential = (secret = sandbox.address.clientSecret) =>
  new ClientSecretCredential(sandbox.address.tenantId, sandbox.address.clientId, secret, {
    authorityHost: sandbox.address.login,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: sandbox.ca },
  })

describe("Microsoft's own clients", () => {
  test('@azure/identity signs in, and its token opens Graph', async () => {
    const { token } = await credential().getToken(`${sandbox.address.graph}/.default`)
    const reply = await sandbox.send('GET', '/v1.0/organization', undefined, { authorization: `Bearer ${token}` })
    expect(reply.body.value[0].id).toBe(sandbox.address.tenantId)
  })

  test('@azure/identity tells of a wrong secret in the words of Entra', async () => {
    await expect(credential('wrong').getToken('https://graph.microsoft.com/.default')).rejects.toThrow('AADSTS7000215')
  })

  test('the Graph client reads and pages', async () => {
    const { token } = await credential().getToken('https://graph.microsoft.com/.default')
    // The client's own fetch cannot be told of one more authority while the process runs.
    const fetchThroughSandbox = async (url: string, init: RequestInit) => {
      const reply = await sandbox.send(init.method!, url, undefined, Object.fromEntries(new Headers(init.headers)))
      return new Response(JSON.stringify(reply.body), {
        status: reply.status,
        headers: { 'content-type': 'application/json' },
      })
    }
    const client = Client.initWithMiddleware({
      baseUrl: `${sandbox.address.graph}/`,
      customHosts: new Set(['127.0.0.1']),
      middleware: {
        async execute(context) {
          const options = context.options as RequestInit
          const headers = { ...Object.fromEntries(new Headers(options.headers)), authorization: `Bearer ${token}` }
          context.response = await fetchThroughSandbox(String(context.request), { ...options, headers })
        },
      },
    })
    const first = await client.api('/users').top(15).select(['id', 'displayName']).get()
    expect(first.value).toHaveLength(15)
    const second = await client.api(first['@odata.nextLink']).get()
    expect(second.value).toHaveLength(5)
  })
})

describe('the token endpoint', () => {
  test('gives a signed token that says who calls, from where and with which permissions', async () => {
    const { body } = await signIn(good())
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 })
    const keys = (await sandbox.send('GET', `/${sandbox.address.tenantId}/discovery/v2.0/keys`)).body
    const { payload } = await jwtVerify(body.access_token, createLocalJWKSet(keys), {
      audience: 'https://graph.microsoft.com',
    })
    expect(payload).toMatchObject({
      tid: sandbox.address.tenantId,
      appid: sandbox.address.clientId,
      oid: expect.any(String),
    })
    expect(payload.roles).toContain('Synchronization.ReadWrite.All')
  })

  test('takes the secret in the header', async () => {
    const { client_id, client_secret, ...rest } = good()
    const basic = Buffer.from(`${client_id}:${encodeURIComponent(client_secret)}`).toString('base64')
    expect((await signIn(rest, { authorization: `Basic ${basic}` })).status).toBe(200)
  })

  test('refuses a secret that has expired, by the clock of the sandbox', async () => {
    const { body: application } = await sandbox.graph('POST', '/applications', { displayName: 'Short-lived' })
    await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
    const endDateTime = new Date(Date.now() + 3_600_000).toISOString()
    const { body: made } = await sandbox.graph('POST', `/applications/${application.id}/addPassword`, {
      passwordCredential: { endDateTime },
    })
    const form = { ...good(), client_id: application.appId, client_secret: made.secretText }
    expect((await signIn(form)).status).toBe(200)
    await sandbox.control('POST', '/clock', { advanceSeconds: 3601 })
    expect((await signIn(form)).body.error_codes).toEqual([7000222])
  })

  test('refuses a client that is disabled, and one without a role where the resource asks for one', async () => {
    const { body: application } = await sandbox.graph('POST', '/applications', {
      displayName: 'Guarded',
      identifierUris: ['api://guarded'],
    })
    const { body: guarded } = await sandbox.graph('POST', '/servicePrincipals', {
      appId: application.appId,
      appRoleAssignmentRequired: true,
    })
    expect((await signIn({ ...good(), scope: 'api://guarded/.default' })).body.error_codes).toEqual([501051])
    const { body: made } = await sandbox.graph('POST', `/applications/${application.id}/addPassword`, {})
    await sandbox.graph('PATCH', `/servicePrincipals/${guarded.id}`, { accountEnabled: false })
    const form = { ...good(), client_id: application.appId, client_secret: made.secretText }
    expect((await signIn(form)).body.error_codes).toEqual([7000112])
  })

  test.each([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['an unknown client', { client_id: 'nobody' }, 400, 'unauthorized_client', 700016],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['no grant', { grant_type: '' }, 400, 'invalid_request', 900144],
    ['a scope that is no resource', { scope: 'User.Read' }, 400, 'invalid_scope', 1002012],
    ['an unknown resource', { scope: 'https://else.example/.default' }, 400, 'invalid_resource', 500011],
  ])('refuses %s', async (_, more, status, error, code) => {
    const { body, ...reply } = await signIn({ ...good(), ...more })
    expect(reply.status).toBe(status)
    expect(body).toMatchObject({
      error,
      error_codes: [code],
      error_description: expect.stringContaining(`AADSTS${code}: `),
    })
    expect(JSON.stringify(body)).not.toContain(sandbox.address.clientSecret)
  })

  test('refuses a client without a secret, and an unknown tenant', async () => {
    const { client_secret: _, ...rest } = good()
    expect((await signIn(rest)).body.error_codes).toEqual([7000218])
    expect((await signIn(good(), {}, 'other')).body.error_codes).toEqual([90002])
  })

  test('gives tokens for an application of the tenant with the roles granted on it', async () => {
    const role = {
      id: '11111111-1111-4111-8111-111111111111',
      displayName: 'Manage',
      description: 'm',
      value: 'Manage',
      isEnabled: true,
      allowedMemberTypes: ['Application'],
    }
    const { body: application } = await sandbox.graph('POST', '/applications', {
      displayName: 'API',
      identifierUris: ['api://scim'],
      appRoles: [role],
    })
    const { body: resource } = await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
    const { body: found } = await sandbox.graph('GET', `/servicePrincipals(appId='${sandbox.address.clientId}')`)
    const grant = { principalId: found.id, resourceId: resource.id, appRoleId: role.id }
    expect((await sandbox.graph('POST', `/servicePrincipals/${resource.id}/appRoleAssignedTo`, grant)).status).toBe(201)
    const { access_token } = (await signIn({ ...good(), scope: 'api://scim/.default' })).body
    const payload = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())
    expect(payload).toMatchObject({ aud: 'api://scim', roles: ['Manage'] })
    const refused = await sandbox.send('GET', '/v1.0/users', undefined, { authorization: `Bearer ${access_token}` })
    expect([refused.status, refused.body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
  })
})

describe('metadata', () => {
  test('holds what the azuread provider asks for', async () => {
    const { body } = await sandbox.send('GET', '/metadata/endpoints?api-version=2022-09-01')
    expect(body).toMatchObject({
      name: expect.any(String),
      resourceManager: expect.any(String),
      microsoftGraphResourceId: sandbox.address.graph,
      authentication: { loginEndpoint: sandbox.address.login },
    })
  })

  test.each(['', 'common'])('of OpenID leads to the keys (tenant "%s")', async (name) => {
    const { tenantId, login } = sandbox.address
    const { body } = await sandbox.send('GET', `/${name || tenantId}/v2.0/.well-known/openid-configuration`)
    expect(body).toMatchObject({ issuer: `${login}/${tenantId}/v2.0`, cloud_instance_name: 'microsoftonline.com' })
    const keys = await sandbox.send('GET', body.jwks_uri)
    expect(keys.body.keys).toMatchObject([{ kty: 'RSA', use: 'sig' }])
  })

  test('of an unknown tenant is refused', async () => {
    const { status, body } = await sandbox.send('GET', '/nobody.example/v2.0/.well-known/openid-configuration')
    expect([status, body.error_codes]).toEqual([400, [90002]])
  })

  test('of a national cloud names it, and its Graph is the audience of tokens', async () => {
    await sandbox.control('POST', '/settings', { cloud: 'usGovernment' })
    expect((await sandbox.send('GET', '/metadata/endpoints')).body.name).toBe('AzureUSGovernment')
    expect((await signIn(good())).body.error_codes).toEqual([500011])
    const { access_token } = (await signIn({ ...good(), scope: 'https://graph.microsoft.us/.default' })).body
    const reply = await sandbox.send('GET', '/v1.0/organization', undefined, {
      authorization: `Bearer ${access_token}`,
    })
    expect(reply.status).toBe(200)
    await sandbox.control('POST', '/settings', { cloud: 'global' })
  })
})

test.each([
  ['no token', {}],
  ['a token that nobody signed', { authorization: 'Bearer a.b.c' }],
])('Graph refuses %s', async (_, headers) => {
  const reply = await sandbox.send('GET', '/v1.0/users', undefined, headers)
  expect([reply.status, reply.body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
  expect(reply.headers['request-id']).toBe(reply.body.error.innerError['request-id'])
})
