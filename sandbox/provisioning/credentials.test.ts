import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../../sync/defaults/templates.ts'
import { CORE_GROUP } from '../../sync/scim/body.ts'
import { type Fixture, fixture, PRINCIPAL } from './fixture.testing.ts'

let at: Fixture
beforeEach(async () => {
  at = await fixture()
})
afterEach(() => at.close())

const oauth = (more: Record<string, string> = {}) => ({
  BaseAddress: `${at.target.origin}/scim`,
  AuthenticationType: 'OAuth2ClientCredentialsGrant',
  Oauth2TokenExchangeUri: `${at.target.origin}/token`,
  Oauth2ClientId: 'client-1',
  Oauth2ClientSecret: 'very-secret',
  ...more,
})

describe('validateCredentials', () => {
  test('acquires a token with Basic authentication and queries with it', async () => {
    expect(await at.provisioning.validateCredentials(PRINCIPAL, oauth())).toEqual({ ok: true })
    expect(at.target.seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/token',
        body: 'grant_type=client_credentials',
        authorization: `Basic ${btoa('client-1:very-secret')}`,
      }),
      expect.objectContaining({ method: 'GET', path: '/Users', authorization: 'Bearer token-1' }),
    ])
  })

  test('proves itself by a token of its own where there is no secret and that is meant', async () => {
    const secrets = oauth({ Oauth2ClientSecret: '' })
    expect(await at.provisioning.validateCredentials(PRINCIPAL, secrets)).toMatchObject({
      message: expect.stringContaining('needs Oauth2ClientSecret'),
    })
    const other = await fixture('scim', { missingSecret: 'workloadIdentity' })
    const its = { ...secrets, BaseAddress: `${other.target.origin}/scim` }
    its.Oauth2TokenExchangeUri = `${other.target.origin}/token`
    expect(await other.provisioning.validateCredentials(PRINCIPAL, its)).toEqual({ ok: true })
    const { body, authorization } = other.target.seen[0]!
    expect(authorization).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client-1',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `assertion of ${PRINCIPAL}`,
    })
    await other.close()
  })

  test('keeps the flags of the tenant URL on every request', async () => {
    await at.provisioning.validateCredentials(
      PRINCIPAL,
      oauth({ BaseAddress: `${at.target.origin}/scim/?aadOptscim062020` }),
    )
    expect(at.target.seen[1]).toMatchObject({ path: '/Users', query: expect.stringMatching(/"&aadOptscim062020$/) })
  })

  test.each<[string, () => Record<string, string>, (path: string) => object | undefined, string, string]>([
    [
      'a refused client secret',
      () => oauth(),
      (path) =>
        path === '/token' ? { status: 401, body: '{"error":"invalid_client","got":"very-secret"}' } : undefined,
      'CredentialValidationUnavailable',
      '/token answered 401: {"error":"invalid_client","got":"***"}',
    ],
    [
      'a token endpoint that answers HTML',
      () => oauth(),
      (path) => (path === '/token' ? { status: 200, body: '<html>Sign in</html>' } : undefined),
      'CredentialValidationUnavailable',
      'answered with something that is not JSON',
    ],
    [
      'a refused token',
      () => oauth(),
      (path) => (path === '/Users' ? { status: 401, body: 'no' } : undefined),
      'CredentialValidationUnavailable',
      'SystemForCrossDomainIdentityManagementInvalidCredentials: GET /Users was answered 401: no',
    ],
    [
      'a wrong tenant URL',
      () => oauth(),
      (path) => (path === '/Users' ? { status: 404, body: 'Not Found' } : undefined),
      'InvalidCredentials',
      'SystemForCrossDomainIdentityManagementServiceIncompatible: GET /Users was answered 404: Not Found',
    ],
    [
      'a target that is no SCIM service',
      () => oauth(),
      (path) => (path === '/Users' ? { status: 200, body: '<html>Welcome</html>' } : undefined),
      'InvalidCredentials',
      'was not answered with a SCIM resource: <html>Welcome</html>',
    ],
    [
      'a failing target',
      () => oauth(),
      (path) => (path === '/Users' ? { status: 503 } : undefined),
      'CredentialValidationUnavailable',
      'GET /Users was answered 503: an empty body',
    ],
    [
      'no tenant URL',
      () => oauth({ BaseAddress: '' }),
      () => undefined,
      'InvalidCredentials',
      'BaseAddress is not set',
    ],
    [
      'OAuth keys without their AuthenticationType',
      () => oauth({ AuthenticationType: '' }),
      () => undefined,
      'InvalidCredentials',
      'AuthenticationType is not set; it must be OAuth2ClientCredentialsGrant',
    ],
    [
      'a target that nobody listens at',
      () => oauth({ Oauth2TokenExchangeUri: 'http://127.0.0.1:1/token' }),
      () => undefined,
      'CredentialValidationUnavailable',
      'http://127.0.0.1:1/token could not be reached',
    ],
  ])('says why of %s', async (_, secrets, fault, code, message) => {
    at.target.fault = ({ path }) => fault(path) as never
    const answer = await at.provisioning.validateCredentials(PRINCIPAL, secrets())
    expect(answer).toMatchObject({ ok: false, status: 400, code, message: expect.stringContaining(message) })
    expect(JSON.stringify(answer)).not.toContain('very-secret')
  })
})

describe('a secret', () => {
  test.each([
    ['a line break', 'abc\n'],
    ['a space', 'abc def'],
    ['a letter beyond ASCII', 'gehe\u00efm'],
    ['a sign that no header takes', 'abc€'],
  ])('token with %s is a mistake in the credentials, and not shown', async (_, token) => {
    const secrets = { BaseAddress: `${at.target.origin}/scim`, SecretToken: token }
    const answer = await at.provisioning.validateCredentials(PRINCIPAL, secrets)
    expect(answer).toMatchObject({ code: 'InvalidCredentials', message: expect.stringContaining('SecretToken holds') })
    expect(JSON.stringify(answer)).not.toContain('abc')
    at.setSecrets({ SecretToken: token })
    await at.provisioning.runCycle(at.job.id)
    expect(at.current().status.quarantine).toMatchObject({
      reason: 'EncounteredQuarantineException',
      error: { code: 'SystemForCrossDomainIdentityManagementInvalidCredentials' },
    })
    expect(at.target.seen).toEqual([])
  })

  test.each(['p@ss:w€rd +%', 'a\nb', 'über'])(
    'of a client, here %j, goes form-encoded into the header',
    async (secret) => {
      const secrets = oauth({ Oauth2ClientId: 'clïent:1', Oauth2ClientSecret: secret })
      expect(await at.provisioning.validateCredentials(PRINCIPAL, secrets)).toEqual({ ok: true })
      const joined = atob(at.target.seen[0]!.authorization!.slice('Basic '.length))
      const decoded = joined.split(':').map((part) => new URLSearchParams(`=${part}`).get(''))
      expect(decoded).toEqual(['clïent:1', secret])
    },
  )

  test('token from an endpoint that no header can carry is told', async () => {
    at.target.fault = ({ path }) => (path === '/token' ? { status: 200, body: { access_token: 'a\nb' } } : undefined)
    expect(await at.provisioning.validateCredentials(PRINCIPAL, oauth())).toMatchObject({
      code: 'CredentialValidationUnavailable',
      message: expect.stringContaining('access_token that no header can carry'),
    })
  })
})

test('a token is acquired once for a cycle, and again when the target refuses it', async () => {
  at.setSecrets(oauth())
  at.user('anna')
  at.user('ben')
  at.assign('anna')
  at.assign('ben')
  let refused = 0
  at.target.fault = ({ method, authorization }) =>
    method === 'POST' && authorization === 'Bearer token-1' && refused++ === 0 ? { status: 401 } : undefined
  expect((await at.provisioning.runCycle(at.job.id)).users.created).toBe(2)
  expect(at.target.tokens).toBe(2)
})

test('a token that has expired is not used', async () => {
  at.setSecrets(oauth())
  at.user('anna')
  at.assign('anna')
  at.target.fault = ({ method, path }) => {
    if (method === 'GET' && path === '/Users') at.clock.ms += 3_600_000
    return undefined
  }
  await at.provisioning.runCycle(at.job.id)
  expect(at.target.seen.at(-1)!.authorization).toBe('Bearer token-3')
})

test('a target that throttles is asked again after the pause it wants', async () => {
  at.setSecrets({ SecretToken: 't' })
  at.user('anna')
  at.assign('anna')
  let refused = 0
  at.target.fault = ({ method }) =>
    method === 'POST' && refused++ < 2 ? { status: 429, headers: { 'retry-after': '0' } } : undefined
  expect((await at.provisioning.runCycle(at.job.id)).users.created).toBe(1)
  expect(refused).toBe(3)
})

test('a target that throttles without end fails the object', async () => {
  at.setSecrets({ SecretToken: 't' })
  at.user('anna')
  at.assign('anna')
  at.target.fault = ({ method }) => (method === 'POST' ? { status: 429, headers: { 'retry-after': '0' } } : undefined)
  await at.provisioning.runCycle(at.job.id)
  expect(at.logged()).toEqual(['create failure anna TooManyRequests'])
})

test('a directory is discovered from the schemas of the target', async () => {
  at.setSecrets({ SecretToken: 't' })
  at.target.fault = ({ path }) =>
    path === '/Schemas'
      ? { status: 200, body: { Resources: [{ id: CORE_GROUP, attributes: [{ name: 'team', type: 'string' }] }] } }
      : undefined
  const directory = templateSchema('mfiles').directories[1]!
  const found = await at.provisioning.discoverDirectory(at.job.id, directory)
  expect(found.objects[1]!.attributes.at(-1)).toMatchObject({ name: 'team', type: 'String' })
})

describe('switches', () => {
  test('credentials go in the body where that is chosen', async () => {
    const other = await fixture('scim', { credentialLocation: 'body' })
    await other.provisioning.validateCredentials(PRINCIPAL, oauth())
    expect(at.target.seen[0]).toMatchObject({
      authorization: undefined,
      body: 'grant_type=client_credentials&client_id=client-1&client_secret=very-secret',
    })
    await other.close()
  })

  test('an application that says where they go is believed', async () => {
    await at.provisioning.validateCredentials(PRINCIPAL, oauth({ CredentialLocationInRequest: 'Body' }))
    expect(at.target.seen[0]).toMatchObject({
      authorization: undefined,
      body: expect.stringContaining('client_secret='),
    })
  })

  test('a token is renewed before it expires where that is chosen', async () => {
    const other = await fixture('scim', { tokenSkewSeconds: 3600 })
    other.setSecrets({ ...oauth(), BaseAddress: `${other.target.origin}/scim` })
    other.user('anna')
    other.assign('anna')
    await other.provisioning.runCycle(other.job.id)
    expect(at.target.tokens).toBe(3)
    await other.close()
  })

  test('a template can imply the authentication type', async () => {
    const other = await fixture('scim', { impliedByTemplate: true })
    expect(await other.provisioning.validateCredentials(PRINCIPAL, oauth({ AuthenticationType: '' }))).toEqual({
      ok: true,
    })
    await other.close()
  })

  test('a target that does not answer is given up', async () => {
    const other = await fixture('scim', { requestTimeoutMs: 50 })
    other.target.fault = () => 'hang'
    other.setSecrets({ SecretToken: 't' })
    expect((await other.provisioning.runCycle(other.job.id)).error!.message).toContain('did not answer within 0.05 s')
    await other.close()
  })
})
