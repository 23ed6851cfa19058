import { createPublicKey, createSecretKey, type JsonWebKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { generateKeyPair, type JWTPayload } from 'jose'
import { openTestDatabase } from '../testing/database.ts'
import { clientId, inSeconds, person, programClaims, startTestEntra, tenant } from '../testing/entra.ts'
import type { TestIssuer } from '../testing/issuer.ts'
import { type Answer, callsTo, startTestService, type TestService } from '../testing/service.ts'

const key = 'a key of the service, in tests only, long enough'
const sts = `https://sts.windows.net/${tenant}/`
let issuer: TestIssuer
let service: TestService
beforeAll(async () => {
  const { issuer: started, options } = await startTestEntra()
  issuer = started
  const settings = { trustProxy: 1 }
  service = await startTestService(await openTestDatabase(), { adminToken: undefined, entra: options, key, settings })
}, 60_000)
afterAll(async () => {
  issuer.close()
  await service.close()
})

let callers = 0
/** Each from another address, since failures close the sign-in to theirs. */
const as = async (token: string, method = 'GET', path = '', body?: object): Promise<Answer> =>
  await callsTo(service.ready.apiUrl, {
    'x-forwarded-for': `10.0.0.${++callers}`,
    ...(token && { authorization: `Bearer ${token}` }),
  })(method, path, body)
const withClaims = async (changes: JWTPayload, method?: string): Promise<Answer> =>
  await as(await issuer.sign(programClaims(issuer, changes)), method)

describe('a token of the application', () => {
  test.each([
    ['of version 2', {}],
    ['of version 2 whose audience is the identifier URI', { aud: `api://${clientId}` }],
    ['of version 1', { iss: sts, aud: `api://${clientId}`, azp: undefined, appid: 'x', ver: '1.0' }],
    ['of version 1 whose audience is the client id', { iss: sts, azp: undefined, appid: 'x', ver: '1.0' }],
    ['of a person', { oid: person, name: 'Adele', scp: 'access' }],
    ['that ended four minutes ago, by a clock that is behind', { exp: inSeconds(-240) }],
    ['that begins in four minutes, by a clock that is ahead', { nbf: inSeconds(240) }],
  ])('%s opens the management API', async (_, changes) => {
    expect((await withClaims(changes)).status).toBe(200)
  })

  test.each([
    [
      'of another tenant',
      { iss: `https://sts.windows.net/${person}/`, tid: person },
      `Its issuer is "https://sts.windows.net/${person}/"`,
    ],
    ['that says it is of another tenant', { tid: person }, 'Its issuer is'],
    ['for something else', { aud: 'https://graph.microsoft.com' }, 'Its audience is "https://graph.microsoft.com"'],
    ['that has expired', { exp: inSeconds(-360) }, 'It has expired'],
    ['that does not count yet', { nbf: inSeconds(360) }, 'Its claim nbf is missing or does not hold now'],
    ['without a subject', { oid: undefined }, 'Its claim oid is missing'],
    ['without an end', { exp: undefined }, 'Its claim exp is missing'],
    ['that is an ID token', { azp: undefined, nonce: 'n' }, 'It is an ID token'],
    ['that was got by a sign-in', { nonce: 'n' }, 'It is an ID token'],
  ])('%s is refused, and is told which is wanted', async (_, changes, said) => {
    const answer = await withClaims(changes)
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(answer.body.error.message).toContain(said)
    expect(answer.body.error.message).toContain(`a token of tenant ${tenant} for api://${clientId}/.default is needed`)
  })

  test('that nobody, or another key, or another algorithm has signed is refused', async () => {
    const claims = programClaims(issuer)
    const { privateKey } = await generateKeyPair('RS256')
    const publicPem = createPublicKey({ key: issuer.publicKey as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    })
    const good = await issuer.sign(claims)
    const [header, body] = good.split('.')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const token of [
      'nonsense',
      good.slice(0, -4),
      `${header}.${body}.`,
      `${unsigned}.${body}.`,
      await issuer.sign(claims, {}, privateKey),
      await issuer.sign(claims, { kid: 'unknown' }, privateKey),
      await issuer.sign(claims, { alg: 'HS256' }, createSecretKey(Buffer.from(publicPem))),
    ]) {
      const answer = await as(token)
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
      expect(answer.body.error.message).not.toContain(token)
    }
  })

  test('of unknown keys makes the service read the keys again, but not each time', async () => {
    const before = issuer.reads()
    for (let i = 0; i < 5; i++) await as(await issuer.sign(programClaims(issuer), { kid: `unknown ${i}` }))
    expect(issuer.reads() - before).toBeLessThanOrEqual(1)
  })
})

test('without a token it says which is wanted', async () => {
  const { status, body, headers } = await as('')
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  expect(body.error.message).toBe(
    `No token was sent as Authorization: Bearer; a token of tenant ${tenant} for api://${clientId}/.default is needed`,
  )
})

describe('app roles', () => {
  test.each([
    [['Manage'], 'GET', 200],
    [['Read'], 'GET', 200],
    [['Read'], 'HEAD', 200],
    [['Manage'], 'PUT', 200],
    [['Read', 'Manage'], 'PUT', 200],
    [['Read'], 'PUT', 403],
    [['read', 'Other'], 'GET', 403],
    [[], 'GET', 403],
    ['Manage', 'GET', 403],
  ])('%j may %s: %i', async (roles, method, status) => {
    const token = await issuer.sign(programClaims(issuer, { roles }))
    expect((await as(token, method, '', method === 'PUT' ? {} : undefined)).status).toBe(status)
  })

  test('that are missing are said, with who misses them', async () => {
    const none = await withClaims({ roles: undefined })
    expect(none.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
    expect(none.body.error).toMatchObject({ code: 'role_missing' })
    expect(none.body.error.message).toMatch(/application 4{8}.* \(5{8}.*\) has no app role .*GET needs Manage or Read/)
    const reader = await withClaims({ roles: ['Read'] }, 'DELETE')
    expect(reader.body.error.message).toMatch(/has only the app role Read .*DELETE needs Manage\. Assign it/)
  })

  test('of any kind open the metrics', async () => {
    const metrics = async (roles: string[], changes: JWTPayload = {}) => {
      const authorization = `Bearer ${await issuer.sign(programClaims(issuer, { roles, ...changes }))}`
      return (await fetch(new URL('/metrics', service.ready.adminUrl), { headers: { authorization } })).status
    }
    expect([await metrics(['Read']), await metrics([]), await metrics(['Read'], { aud: 'x' })]).toEqual([200, 401, 401])
  })
})

test('who wrote is in the audit trail', async () => {
  const asPerson = await issuer.sign(programClaims(issuer, { oid: person, name: 'Zoë Ödegård', scp: 'access' }))
  await as(asPerson, 'POST', '/configurations', { name: 'by a person' })
  await as(await issuer.sign(programClaims(issuer)), 'POST', '/configurations', { name: 'by a program' })
  const { body } = await as(asPerson, 'GET', '/audit?action=configuration')
  const actors = body.entries.map(({ actor }: { actor: string }) => actor)
  expect(actors).toContain(`management API: Zoë Ödegård (${person})`)
  expect(actors).toContain(
    'management API: application 44444444-4444-4444-8444-444444444444 (55555555-5555-4555-8555-555555555555)',
  )
})

test('an admin token opens nothing where there is none, and stands beside an application where it is set', async () => {
  for (const token of ['', 'undefined', key]) expect((await as(token)).status).toBe(401)
  const { issuer: another, options } = await startTestEntra()
  const both = await startTestService(await openTestDatabase(), { entra: options })
  expect((await both.api('GET', '')).status).toBe(200)
  const token = await another.sign(programClaims(another))
  expect((await callsTo(both.ready.apiUrl, { authorization: `Bearer ${token}` })('GET', '')).status).toBe(200)
  another.close()
  await both.close()
}, 60_000)

test('while the keys of Entra ID cannot be read it says so, and to come again', async () => {
  const { issuer: gone, options } = await startTestEntra()
  const token = await gone.sign(programClaims(gone))
  gone.close()
  const alone = await startTestService(await openTestDatabase(), { entra: options })
  const answer = await callsTo(alone.ready.apiUrl, { authorization: `Bearer ${token}` })('GET', '')
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
  expect(answer.body.error.message).toContain(`The keys of ${gone.url} cannot be read`)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  await alone.close()
}, 60_000)
