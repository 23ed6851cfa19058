import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { KNOWN_USERS } from '../../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../../testing.ts'

const REDIRECT = 'https://app.example/callback'
const ROLE = {
  id: '11111111-1111-4111-8111-111111111111',
  displayName: 'Administrator',
  description: 'a',
  value: 'Admin',
  isEnabled: true,
  allowedMemberTypes: ['User'],
}
const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

let sandbox: TestSandbox
let client: { id: string; secret: string; principalId: string }
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const { body: application } = await sandbox.graph('POST', '/applications', {
    displayName: 'Admin pages',
    appRoles: [ROLE],
    web: { redirectUris: [REDIRECT] },
    spa: { redirectUris: [`${REDIRECT}/spa`] },
  })
  const { body: principal } = await sandbox.graph('POST', '/servicePrincipals', {
    appId: application.appId,
    appRoleAssignmentRequired: true,
  })
  const { body: secret } = await sandbox.graph('POST', `/applications/${application.id}/addPassword`, {})
  client = { id: application.appId, secret: secret.secretText, principalId: principal.id }
  for (const name of [KNOWN_USERS.adele, KNOWN_USERS.johanna]) {
    const { body: user } = await sandbox.graph('GET', `/users/${name}`)
    await sandbox.graph('POST', `/servicePrincipals/${principal.id}/appRoleAssignedTo`, {
      principalId: user.id,
      resourceId: principal.id,
      appRoleId: ROLE.id,
    })
  }
})
afterAll(() => sandbox.close())

const authorizePath = (more: Record<string, string> = {}) => {
  const query = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid profile',
    state: 'the state',
    nonce: 'the nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })
  return `/${sandbox.address.tenantId}/oauth2/v2.0/authorize?${query}`
}
const fillIn = (login: string, more = {}) =>
  sandbox.send('POST', authorizePath(more), new URLSearchParams({ login }).toString())
const backAt = (reply: { headers: Record<string, unknown> }) => new URL(String(reply.headers.location)).searchParams
const redeem = (form: Record<string, string>) =>
  sandbox.send(
    'POST',
    `/${sandbox.address.tenantId}/oauth2/v2.0/token`,
    new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.id,
      client_secret: client.secret,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      ...form,
    }).toString(),
  )
const freshCode = async (more = {}) => backAt(await fillIn(KNOWN_USERS.adele, more)).get('code')!

describe('signing in', () => {
  test('leads by a page to a code, and with it to who signed in, with the roles of the application', async () => {
    const page = await sandbox.send('GET', authorizePath())
    expect(page.body).toContain('to continue to <b>Admin pages</b>')
    expect(page.headers['content-security-policy']).toContain("form-action 'self' https://app.example")
    const back = await fillIn(KNOWN_USERS.adele.toUpperCase())
    expect([back.status, backAt(back).get('state')]).toEqual([302, 'the state'])
    const { status, body } = await redeem({ code: backAt(back).get('code')! })
    expect([status, body.token_type]).toEqual([200, 'Bearer'])
    const keys = (await sandbox.send('GET', `/${sandbox.address.tenantId}/discovery/v2.0/keys`)).body
    const { payload } = await jwtVerify(body.id_token, createLocalJWKSet(keys), {
      issuer: `${sandbox.address.login}/${sandbox.address.tenantId}/v2.0`,
      audience: client.id,
    })
    expect(payload).toMatchObject({
      name: 'Adele Vance',
      preferred_username: KNOWN_USERS.adele,
      nonce: 'the nonce',
      roles: ['Admin'],
      oid: expect.any(String),
    })
  })

  test('lets the application read who it is on Graph, where that was asked for', async () => {
    const read = async (scope: string) => {
      const { body } = await redeem({ code: await freshCode({ scope }) })
      return sandbox.send('GET', '/v1.0/me', undefined, { authorization: `Bearer ${body.access_token}` })
    }
    expect((await read('openid User.Read')).body.userPrincipalName).toBe(KNOWN_USERS.adele)
    expect((await read('openid')).status).toBe(403)
    expect((await sandbox.graph('GET', '/me')).status).toBe(400)
  })

  test('needs no page where the client names who, and says so where it does not', async () => {
    const silent = await sandbox.send('GET', authorizePath({ prompt: 'none', login_hint: KNOWN_USERS.adele }))
    expect(backAt(silent).get('code')).toEqual(expect.any(String))
    const nobody = await sandbox.send('GET', authorizePath({ prompt: 'none' }))
    expect(backAt(nobody).get('error')).toBe('login_required')
  })

  test('comes back as a form where the client wants that', async () => {
    const { status, body } = await fillIn(KNOWN_USERS.adele, { response_mode: 'form_post' })
    expect([status, body]).toEqual([200, expect.stringContaining(`action="${REDIRECT}"`)])
    expect(body).toContain('name="code"')
  })

  test('of a public client needs no secret, but the verifier', async () => {
    const redirect_uri = `${REDIRECT}/spa`
    const send = (more: Record<string, string>) =>
      sandbox.send(
        'POST',
        `/${sandbox.address.tenantId}/oauth2/v2.0/token`,
        new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: client.id,
          redirect_uri,
          ...more,
        }).toString(),
      )
    const code = await freshCode({ redirect_uri })
    expect((await send({ code, code_verifier: 'another' })).body.error_codes).toEqual([501481])
    expect((await send({ code, code_verifier: verifier })).status).toBe(200)
  })

  test.each([
    ['somebody unknown', 'nobody@x.example', 'AADSTS50034'],
    ['somebody disabled', KNOWN_USERS.johanna, 'AADSTS50057'],
    ['somebody without a role', KNOWN_USERS.diego, 'AADSTS50105'],
  ])('as %s is refused on the page', async (_, name, code) => {
    const { status, body } = await fillIn(name)
    expect([status, body]).toEqual([400, expect.stringContaining(code)])
  })

  test.each([
    ['an address that is not registered', { redirect_uri: 'https://evil.example/' }, 'AADSTS50011'],
    ['an unknown client', { client_id: 'nobody' }, 'AADSTS700016'],
  ])('for %s leads nowhere', async (_, more, code) => {
    const { status, headers, body } = await sandbox.send('GET', authorizePath(more))
    expect([status, headers.location, body]).toEqual([400, undefined, expect.stringContaining(code)])
  })

  test('in an unknown tenant leads nowhere, and in whatever tenant there is to the page', async () => {
    const at = (tenant: string) => sandbox.send('GET', authorizePath().replace(sandbox.address.tenantId, tenant))
    expect((await at('nobody.example')).body).toContain('AADSTS90002')
    expect((await at('organizations')).status).toBe(200)
  })

  test('by a flow that there is not is told to the client', async () => {
    const back = backAt(await sandbox.send('GET', authorizePath({ response_type: 'token' })))
    expect([back.get('error'), back.get('state')]).toEqual(['unsupported_response_type', 'the state'])
  })
})

describe('a code', () => {
  test('is good once', async () => {
    const code = await freshCode()
    expect((await redeem({ code })).status).toBe(200)
    expect((await redeem({ code })).body.error_codes).toEqual([54005])
  })

  test.each([
    ['another verifier', { code_verifier: 'another' }, 501481],
    ['another address', { redirect_uri: 'https://app.example/else' }, 500112],
    ['another secret', { client_secret: 'wrong' }, 7000215],
    ['nothing of ours', { code: 'made up' }, 70008],
  ])('is refused with %s', async (_, more, number) => {
    expect((await redeem({ code: await freshCode(), ...more })).body.error_codes).toEqual([number])
  })
})

test('signing out leads back to an address of the application, and to no other', async () => {
  const out = async (target: string) => {
    const query = new URLSearchParams({ post_logout_redirect_uri: target })
    return (await sandbox.send('GET', `/${sandbox.address.tenantId}/oauth2/v2.0/logout?${query}`)).headers.location
  }
  expect(await out('https://app.example/bye')).toBe('https://app.example/bye')
  expect(await out('https://evil.example/')).toBeUndefined()
  expect(await out('https://app.example.evil.example/')).toBeUndefined()
})
