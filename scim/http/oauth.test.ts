import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
} from 'jose'
import { pino } from 'pino'
import { assertionType } from '../oauth/assertions.ts'
import { type Service, startService } from '../service.ts'
import type { Database } from '../storage/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import { startTestIssuer } from '../testing/issuer.ts'
import { adminToken, type Call, callsTo, newUser, unhurried } from '../testing/service.ts'

/** Two replicas over one database. */
let database: Database
let one: Service
let two: Service
const start = (tenant: string) =>
  startService({
    database: { ...database, close: async () => {} },
    adminToken,
    host: '127.0.0.1',
    port: 0,
    tenant,
    firstConfiguration: true,
    logger: pino({ level: 'silent' }),
    settings: unhurried,
  })
beforeAll(async () => {
  database = await openTestDatabase()
  ;[one, two] = [await start('first'), await start('second')]
}, 60_000)
afterAll(async () => {
  await Promise.all([one.close(), two.close()])
  await database.close()
})

type Form = Record<string, string>
const grant = { grant_type: 'client_credentials' }
const ask = async (endpoint: string, form: Form | string, headers: Record<string, string> = {}) => {
  const body = typeof form === 'string' ? form : new URLSearchParams(form)
  const response = await fetch(endpoint, { method: 'POST', headers, body })
  // biome-ignore lint/suspicious/noExplicitAny: two shapes of answer.
  return { status: response.status, headers: response.headers, body: (await response.json()) as any }
}
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})
const elsewhere = (url: string): string => url.replace(new URL(url).origin, new URL(two.ready.apiUrl).origin)

/** A configuration in a tenant of its own, made at the first replica. */
const configuration = async (body: object = {}) => {
  const api: Call = callsTo(one.ready.apiUrl.replace(/[^/]+$/, randomUUID()), { authorization: `Bearer ${adminToken}` })
  await api('PUT', '', {})
  const { body: made } = await api('POST', '/configurations', { name: 'Entra', ...body })
  const client: Form = { client_id: made.clientId, client_secret: made.clientSecret }
  const scim = (token: string, base: string = made.tenantUrl): Call =>
    callsTo(base, { authorization: `Bearer ${token}` })
  return {
    api,
    made,
    client,
    scim,
    token: async () => (await ask(made.tokenEndpoint, { ...grant, ...client })).body.access_token,
  }
}

describe('client credentials', () => {
  test('the client is in a Basic header, form-encoded, in the body, or in both; tokens live an hour and are not cached (A1, A2, A7)', async () => {
    const { made, client } = await configuration()
    const header = basic(made.clientId, made.clientSecret)
    const encoded = {
      authorization: `Basic ${Buffer.from(`${made.clientId.replaceAll('-', '%2D')}:${made.clientSecret}`).toString('base64')}`,
    }
    for (const [form, headers] of [
      [{}, header],
      [{}, encoded],
      [client, {}],
      [client, header],
    ] as [Form, Form][]) {
      const { status, headers: answered, body } = await ask(made.tokenEndpoint, { ...grant, ...form }, headers)
      expect(status).toBe(200)
      expect(answered.get('cache-control')).toBe('no-store')
      expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, scope: 'scim' })
    }
  })

  test('a wrong secret, client, tenant or header is refused alike, and told nothing (A3)', async () => {
    const { made, client } = await configuration()
    const answers = await Promise.all([
      ask(made.tokenEndpoint, { ...grant, ...client, client_secret: 'wrong-secret' }),
      ask(made.tokenEndpoint, { ...grant, ...client, client_id: randomUUID() }),
      ask(made.tokenEndpoint, { ...grant, ...client, client_id: 'a\0b' }),
      ask(one.ready.tokenEndpoint, { ...grant, ...client }),
      ask(made.tokenEndpoint, grant, basic(made.clientId, 'wrong-secret')),
    ])
    for (const { status, headers, body } of answers) {
      expect({ status, body }).toEqual({
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: 'The client id or the client secret is wrong, or the secret has expired',
        },
      })
      expect(headers.get('www-authenticate')).toBe('Basic realm="token", charset="UTF-8"')
    }
    for (const header of ['Basic !', 'Basic bm9jb2xvbg==', 'Bearer x']) {
      expect(await ask(made.tokenEndpoint, grant, { authorization: header })).toMatchObject({ status: 401 })
    }
  })

  const refused: [string, (client: Form) => [form: Form | string, headers?: Form, query?: string], string][] = [
    ['another grant (A4)', (client) => [{ ...client, grant_type: 'password' }], 'unsupported_grant_type'],
    ['no grant (A4)', (client) => [client], 'invalid_request'],
    ['JSON (A5)', () => ['{}', { 'content-type': 'application/json' }], 'invalid_request'],
    ['broken JSON (A5)', () => ['{', { 'content-type': 'application/json' }], 'invalid_request'],
    ['XML (A5)', () => ['<x/>', { 'content-type': 'text/xml' }], 'invalid_request'],
    ['an unknown scope (A6)', (client) => [{ ...grant, ...client, scope: 'admin' }], 'invalid_scope'],
    [
      'a parameter given twice',
      (client) => [
        `${new URLSearchParams({ ...grant, ...client })}&scope=scim&scope=scim`,
        { 'content-type': 'application/x-www-form-urlencoded' },
      ],
      'invalid_request',
    ],
    ['a secret in the URL (A13)', (client) => [grant, {}, `?${new URLSearchParams(client)}`], 'invalid_request'],
    ['two clients', (client) => [{ ...grant, ...client }, basic('other', 'secret')], 'invalid_request'],
    [
      'an assertion of unknown type',
      () => [{ ...grant, client_assertion: 'x', client_assertion_type: 'saml' }],
      'invalid_request',
    ],
  ]
  test.each(refused)('%s is refused as RFC 6749 §5.2 says', async (_case, request, error) => {
    const { made, client } = await configuration()
    const [form, headers, query = ''] = request(client)
    const answer = await ask(made.tokenEndpoint + query, form, headers)
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } })
    expect(JSON.stringify(answer.body)).not.toContain(client.client_secret)
  })

  test('a body longer than any request is refused (X12)', async () => {
    const answer = await ask(one.ready.tokenEndpoint, { ...grant, scope: 'x'.repeat(100_000) })
    expect(answer).toMatchObject({ status: 413, body: { error: 'invalid_request' } })
  })

  test('the tenant says how long its tokens live, from 60 to 360 minutes (A7)', async () => {
    const { api, made, client } = await configuration()
    expect(await api('PUT', '', { settings: { tokenMinutes: 59 } })).toMatchObject({ status: 400 })
    expect(await api('PUT', '', { settings: { tokenMinutes: 361 } })).toMatchObject({ status: 400 })
    await api('PUT', '', { settings: { tokenMinutes: 360 } })
    const { body } = await ask(made.tokenEndpoint, { ...grant, ...client })
    expect(body.expires_in).toBe(21_600)
    const { exp, iat } = decodeJwt(body.access_token)
    expect(exp! - iat!).toBe(21_600)
  })

  test('an expired secret is refused at the token endpoint, and shown with its end (A9)', async () => {
    const { api, made, client } = await configuration()
    await database.query("UPDATE client_secret SET expires = now() - interval '1 second' WHERE configuration = $1", [
      made.id,
    ])
    expect(await ask(made.tokenEndpoint, { ...grant, ...client })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    const { secrets } = (await api('GET', `/configurations/${made.id}`)).body
    expect(Date.parse(secrets[0].expiresAt)).toBeLessThan(Date.now())
  })

  test('secrets are stored as hashes, and live two years, three at most (A9)', async () => {
    const { api, made } = await configuration()
    const [stored] = await database.query<{ hash: string; years: number }>(
      'SELECT hash, extract(epoch FROM expires - created)::float8 / 31536000 AS years FROM client_secret WHERE configuration = $1',
      [made.id],
    )
    expect(stored!.hash).toBe(createHash('sha256').update(made.clientSecret).digest('hex'))
    expect(stored!.years).toBeCloseTo(2, 3)
    expect(
      await api('POST', `/configurations/${made.id}/secrets`, { expiresAt: '2099-01-01T00:00:00Z' }),
    ).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('three years') } },
    })
  })
})

describe('access tokens', () => {
  test('open their own tenant only (A12)', async () => {
    const [mine, other] = [await configuration(), await configuration()]
    expect((await mine.scim(await mine.token())('GET', '/Users')).status).toBe(200)
    expect((await mine.scim(await mine.token(), other.made.tenantUrl)('GET', '/Users')).status).toBe(404)
  })

  test('are refused when missing, changed, of another key or of no signature (A11)', async () => {
    const { scim, token, made } = await configuration()
    const good = await token()
    const [header, payload, signature] = good.split('.')
    const { privateKey } = await generateKeyPair('ES256')
    const forge = (claims: object, kid = decodeProtectedHeader(good).kid) =>
      new SignJWT({ ...decodeJwt(good), ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
        .sign(privateKey)
    const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
    const tokens = [
      `${header}.${payload}.${signature!.slice(0, -4)}abcd`,
      `${unsigned}.${payload}.`,
      await forge({}),
      await forge({}, randomUUID()),
      'nonsense',
    ]
    for (const bad of tokens) {
      const answer = await scim(bad)('GET', '/Users')
      expect(answer).toMatchObject({
        status: 401,
        body: { status: '401', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] },
      })
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    }
    const missing = await callsTo(made.tenantUrl, {})('GET', '/Users')
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  test('are refused in the URL, even beside one in the header (A13)', async () => {
    const { scim, token, made } = await configuration()
    const good = await token()
    for (const call of [scim(good), callsTo(made.tenantUrl, {})]) {
      const answer = await call('GET', `/Users?access_token=${good}`)
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_request"'])
      expect(answer.text).not.toContain(good)
    }
  })

  test('one replica verifies what another has issued; those of a deleted client end at once there (A14)', async () => {
    const { scim, token, made, api } = await configuration()
    const good = await token()
    const atTwo = scim(good, elsewhere(made.tenantUrl))
    expect((await atTwo('POST', '/Users', newUser('a'))).status).toBe(201)
    const other = await configuration()
    await api('DELETE', `/configurations/${made.id}`)
    expect((await scim(good)('GET', '/Users')).status).toBe(401)
    expect((await other.scim(await other.token())('GET', '/Users')).status).toBe(200)
  })

  test('a read-only client gets tokens for reading only, which stay so when it is given more (A16)', async () => {
    const reader = await configuration({ access: 'readOnly' })
    const { body } = await ask(reader.made.tokenEndpoint, { ...grant, ...reader.client })
    expect(body.scope).toBe('scim.read')
    expect(await ask(reader.made.tokenEndpoint, { ...grant, ...reader.client, scope: 'scim' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    })
    const call = reader.scim(body.access_token)
    expect((await call('GET', '/Users')).status).toBe(200)
    const refused = await call('POST', '/Users', newUser('a'))
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="scim"')
    await reader.api('PATCH', `/configurations/${reader.made.id}`, { access: 'full' })
    expect((await call('POST', '/Users', newUser('a'))).status).toBe(403)
    expect((await reader.scim(await reader.token())('POST', '/Users', newUser('a'))).status).toBe(201)
  })
})

describe('keys and metadata', () => {
  test('metadata is where clients look for it, and its keys verify the tokens (A15)', async () => {
    const { made, token } = await configuration()
    const issuer = made.tokenEndpoint.replace(/\/token$/, '')
    const { origin, pathname } = new URL(issuer)
    const found = await Promise.all(
      [
        `${origin}/.well-known/oauth-authorization-server${pathname}`,
        `${issuer}/.well-known/oauth-authorization-server`,
      ].map(async (address) => await (await fetch(address)).json()),
    )
    expect(found[0]).toEqual(found[1])
    expect(found[0]).toMatchObject({
      issuer,
      token_endpoint: made.tokenEndpoint,
      jwks_uri: `${issuer}/keys`,
      scopes_supported: ['scim', 'scim.read'],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    })
    const keys = (await (await fetch(`${issuer}/keys`)).json()) as { keys: object[] }
    expect(keys.keys.every((key) => !('d' in key))).toBe(true)
    const verified = await jwtVerify(await token(), createLocalJWKSet(keys as never), {
      issuer,
      audience: made.tenantUrl,
    })
    expect(verified.payload).toMatchObject({ sub: made.id, client_id: made.clientId, scope: 'scim' })
  })

  test('private keys are in the database in encrypted form only', async () => {
    for (const { private_key: stored } of await database.query<{ private_key: string }>(
      'SELECT private_key FROM token_key',
    )) {
      expect(Buffer.from(stored, 'base64url').toString('latin1')).not.toContain('"d"')
    }
  })

  test('a new key is added beside the old, whose tokens stay good; "now" ends them', async () => {
    const { scim, token } = await configuration()
    const service = callsTo(one.ready.apiUrl.replace(/\/tenants\/.*/, ''), { authorization: `Bearer ${adminToken}` })
    const json = { 'content-type': 'application/json' }
    const old = await token()
    const added = await service('POST', '/signing-keys', {}, json)
    expect(added).toMatchObject({ status: 201, body: { keys: [expect.any(String), decodeProtectedHeader(old).kid] } })
    expect((await scim(old)('GET', '/Users')).status).toBe(200)
    const replaced = await service('POST', '/signing-keys', { retireOthers: 'now' }, json)
    expect(replaced.body.keys).toHaveLength(1)
    expect((await scim(old)('GET', '/Users')).status).toBe(401)
    const fresh = await token()
    expect(decodeProtectedHeader(fresh).kid).toBe(replaced.body.keys[0])
    expect((await scim(fresh)('GET', '/Users')).status).toBe(200)
  })
})

describe('assertions instead of secrets (A10)', () => {
  test('a federated identity gets a token; a replayed one is refused at the other replica too', async () => {
    const issuer = await startTestIssuer()
    const { made } = await configuration({
      federation: { issuer: issuer.url, subject: 'object', audience: 'api://scim' },
    })
    const assertion = await issuer.sign({ iss: issuer.url, sub: 'object', aud: 'api://scim', jti: randomUUID() })
    const form = {
      ...grant,
      client_id: made.clientId,
      client_assertion_type: assertionType,
      client_assertion: assertion,
    }
    expect(await ask(made.tokenEndpoint, form)).toMatchObject({ status: 200, body: { scope: 'scim' } })
    expect(await ask(elsewhere(made.tokenEndpoint), form)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    issuer.close()
  })

  test('an issuer that cannot be reached is 503, to be tried again', async () => {
    const issuer = await startTestIssuer()
    issuer.close()
    const { made } = await configuration({
      federation: { issuer: issuer.url, subject: 'object', audience: 'api://scim' },
    })
    const client_assertion = await issuer.sign({ iss: issuer.url, sub: 'object', aud: 'api://scim' })
    const form = { ...grant, client_id: made.clientId, client_assertion_type: assertionType, client_assertion }
    const answer = await ask(made.tokenEndpoint, form)
    expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('a client that signs for itself needs no client_id', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const { made } = await configuration({ jwks: { keys: [await exportJWK(publicKey)] } })
    const client_assertion = await new SignJWT({
      iss: made.clientId,
      sub: made.clientId,
      aud: made.tokenEndpoint,
      jti: 'one',
    })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('5m')
      .sign(privateKey)
    const answer = await ask(made.tokenEndpoint, { ...grant, client_assertion_type: assertionType, client_assertion })
    expect(answer.status).toBe(200)
  })

  test.each([
    [{ federation: { issuer: 'http://login.example', subject: 's', audience: 'a' } }, 'federation.issuer'],
    [{ federation: { issuer: 'https://login.example' } }, 'federation.subject'],
    [{ access: 'none' }, 'access'],
    [{ jwks: { keys: [] } }, 'jwks.keys'],
  ])('the management API refuses %j and says where', async (body, path) => {
    const answer = await callsTo(one.ready.apiUrl, { authorization: `Bearer ${adminToken}` })(
      'POST',
      '/configurations',
      {
        name: 'x',
        ...body,
      },
    )
    expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(path) } } })
  })
})
