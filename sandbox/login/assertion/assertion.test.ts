import { createHash, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ClientAssertionCredential, ClientCertificateCredential } from '@azure/identity'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { exportJWK, SignJWT } from 'jose'
import { createAuthority, issueCertificate } from '../../http/certificate.ts'
import { startTestSandbox, type TestSandbox } from '../../testing.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const SUBJECT = 'repo:contoso/tenants:ref:refs/heads/main'
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

let sandbox: TestSandbox
let clientId: string
let applicationPath: string
const mine = rsa()
const theirs = rsa()
const pem = issueCertificate({
  subject: 'automation',
  publicKey: mine.publicKey,
  signer: createAuthority(Date.now()).key,
  now: Date.now(),
  extensions: [],
})
const certificate = new X509Certificate(pem)
const x5t = createHash('sha1').update(certificate.raw).digest('base64url')

beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const { body } = await sandbox.graph('POST', '/applications', { displayName: 'Pipeline' })
  clientId = body.appId
  applicationPath = `/applications/${body.id}`
  await sandbox.graph('POST', '/servicePrincipals', { appId: clientId })
})
afterAll(() => sandbox.close())

const tokenUrl = () => `${sandbox.address.login}/${sandbox.address.tenantId}/oauth2/v2.0/token`

async function present(assertion: string): Promise<number | string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: 'https://graph.microsoft.com/.default',
    client_assertion_type: JWT_BEARER,
    client_assertion: assertion,
  })
  const { status, body } = await sandbox.send('POST', tokenUrl(), form.toString())
  return status === 200 ? 'accepted' : body.error_codes[0]
}

/** What a client signs, with some claims otherwise. */
function assertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key = mine.privateKey) {
  const now = Math.floor(Date.now() / 1000)
  const jti = randomUUID()
  return new SignJWT({ iss: clientId, sub: clientId, aud: tokenUrl(), jti, nbf: now, exp: now + 300, ...claims })
    .setProtectedHeader({ alg: 'RS256', x5t, ...header })
    .sign(key)
}

const withClient = { retryOptions: { maxRetries: 0 }, disableInstanceDiscovery: true }

describe('a certificate', () => {
  beforeAll(async () => {
    const credential = { type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate.raw.toString('base64') }
    const reply = await sandbox.graph('PATCH', applicationPath, { keyCredentials: [credential] })
    expect(reply.status).toBe(204)
  })

  test('is shown without its key, but to those who ask for it', async () => {
    const { keyCredentials } = (await sandbox.graph('GET', applicationPath)).body
    expect(keyCredentials).toMatchObject([{ key: null, keyId: expect.any(String), usage: 'Verify' }])
    const asked = (await sandbox.graph('GET', `${applicationPath}?$select=keyCredentials`)).body.keyCredentials
    expect(asked[0].key).toBe(certificate.raw.toString('base64'))
  })

  test('signs @azure/identity in', async () => {
    const key = mine.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const credential = new ClientCertificateCredential(
      sandbox.address.tenantId,
      clientId,
      { certificate: `${key}${pem}` },
      { ...withClient, authorityHost: sandbox.address.login, tlsOptions: { ca: sandbox.ca } },
    )
    expect((await credential.getToken('https://graph.microsoft.com/.default')).token).toMatch(/^ey/)
  })

  test.each<[string, () => Promise<string>, string | number]>([
    ['named by x5t', () => assertion(), 'accepted'],
    ['named by kid in padded base64', () => assertion({}, { x5t: undefined, kid: `${x5t}=` }), 'accepted'],
    ['named by kid in hexadecimal', () => assertion({}, { x5t: undefined, kid: thumbprint() }), 'accepted'],
    [
      'named by x5t#S256',
      () =>
        assertion({}, { x5t: undefined, 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') }),
      'accepted',
    ],
    ['with PS256', () => assertion({}, { alg: 'PS256' }), 'accepted'],
    ['for the issuer', () => assertion({ aud: tokenUrl().replace('/oauth2/v2.0/token', '/v2.0') }), 'accepted'],
    ['by another key', () => assertion({}, {}, theirs.privateKey), 700027],
    ['of a certificate that is not registered', () => assertion({}, { x5t: 'AAAA' }), 700027],
    ['with another algorithm', () => assertion({}, { alg: 'RS512' }), 700027],
    ['that has expired', () => assertion({ exp: 1_700_000_000 }), 700024],
    ['for another audience', () => assertion({ aud: 'https://else.example' }), 700023],
    ['for another subject', () => assertion({ sub: 'somebody' }), 700021],
    ['that is no token', async () => 'nonsense', 50027],
  ])('%s: %s', async (_, make, expected) => {
    expect(await present(await make())).toBe(expected)
  })

  test('signs an assertion for one use, unless a switch says otherwise', async () => {
    const once = await assertion()
    expect([await present(once), await present(once)]).toEqual(['accepted', 50013])
    await sandbox.control('POST', '/settings', { assertionReplay: 'accepted' })
    expect(await present(once)).toBe('accepted')
  })

  const thumbprint = () => Buffer.from(x5t, 'base64url').toString('hex').toUpperCase()
})

describe('an outside issuer', () => {
  let server: Server
  let issuer: string
  beforeAll(async () => {
    const keys = [{ ...(await exportJWK(theirs.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }]
    server = createServer((request, response) => {
      const isKeys = request.url === '/keys'
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(isKeys ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  const outside = (claims: Record<string, unknown> = {}, key = theirs.privateKey) =>
    assertion({ iss: issuer, sub: SUBJECT, aud: 'api://AzureADTokenExchange', ...claims }, { kid: 'k1' }, key)

  test('is trusted for a subject and an audience that the application names, with the keys of the issuer', async () => {
    expect(await present(await outside())).toBe(70021)
    const path = `${applicationPath}/federatedIdentityCredentials`
    const made = await sandbox.graph('POST', path, { name: 'main', issuer, subject: SUBJECT })
    expect([made.status, made.body.audiences]).toEqual([201, ['api://AzureADTokenExchange']])
    const token = await outside()
    expect([await present(token), await present(token)]).toEqual(['accepted', 'accepted'])
    expect(await present(await outside({ iss: 'https://else.example' }))).toBe(700211)
    expect(await present(await outside({ sub: SUBJECT.toUpperCase() }))).toBe(700213)
    expect(await present(await outside({ aud: 'api://else' }))).toBe(700212)
    expect(await present(await outside({}, mine.privateKey))).toBe(700027)
    const credential = new ClientAssertionCredential(sandbox.address.tenantId, clientId, () => outside(), {
      ...withClient,
      authorityHost: sandbox.address.login,
      tlsOptions: { ca: sandbox.ca },
    })
    expect((await credential.getToken('https://graph.microsoft.com/.default')).token).toMatch(/^ey/)
    expect((await sandbox.graph('DELETE', `${path}/${made.body.id}`)).status).toBe(204)
    expect(await present(token)).toBe(70021)
  })

  test('that cannot be reached is trusted or refused, as a switch says', async () => {
    const away = 'http://127.0.0.1:9'
    const path = `${applicationPath}/federatedIdentityCredentials`
    await sandbox.graph('POST', path, { name: 'away', issuer: away, subject: SUBJECT })
    expect(await present(await outside({ iss: away }))).toBe('accepted')
    await sandbox.control('POST', '/settings', { unreachableIssuer: 'refused' })
    expect(await present(await outside({ iss: away }))).toBe(50166)
  })

  test('and subject stand once for an application, under a name of their own', async () => {
    const path = `${applicationPath}/federatedIdentityCredentials`
    const add = async (more: object) =>
      (await sandbox.graph('POST', path, { name: 'x', issuer: 'https://i.example', subject: 's', ...more })).status
    expect(await add({})).toBe(201)
    expect(await add({ subject: 'other' })).toBe(409)
    expect(await add({ name: 'y' })).toBe(400)
    expect(await add({ name: 'z', subject: 't', audiences: ['a', 'b'] })).toBe(400)
    expect((await sandbox.graph('PATCH', `${path}/x`, { subject: 'changed' })).status).toBe(204)
    expect((await sandbox.graph('GET', `${path}(name='x')`)).body.subject).toBe('changed')
  })
})
