import { createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import type { Queryable } from '../storage/database.ts'
import { startTestIssuer, type TestIssuer } from '../testing/issuer.ts'
import { acceptAssertion } from './assertions.ts'
import type { Client } from './clients.ts'
import { type Issuers, openIssuers } from './issuers.ts'

const now = Math.floor(Date.now() / 1_000)
const application = '0b6bb1a2-6b5e-4d25-8d3f-0d3a3f1d9c55'
const endpoint = 'https://scim.example/contoso/oauth2/token'
const federated = { sub: 'object-id', aud: `api://${application}` }

let issuer: TestIssuer
let issuers: Issuers
beforeAll(async () => {
  issuer = await startTestIssuer()
  issuers = openIssuers()
})
afterAll(() => issuer.close())

/** Knows each row of the table of used assertions once. */
function usedAssertions(): Queryable {
  const seen = new Set<unknown>()
  return {
    async query<Row>(text: string, parameters: unknown[] = []) {
      if (!text.startsWith('INSERT') || seen.has(parameters[1])) return []
      seen.add(parameters[1])
      return [{}] as Row[]
    },
  }
}

const client = (more: Partial<Client>): Client => ({
  id: 'configuration',
  clientId: 'client',
  access: 'full',
  federation: null,
  jwks: null,
  tokenMinutes: null,
  secrets: [],
  ...more,
})
const trusting = (more: object = {}) =>
  client({ federation: { issuer: issuer.url, subject: 'object-id', audience: `api://${application}`, ...more } })
const accept = (by: Client, assertion: string, database = usedAssertions()) =>
  acceptAssertion(database, issuers, by, assertion, [endpoint])
const claims = (more: JWTPayload = {}): JWTPayload => ({ iss: issuer.url, ...federated, ...more })

describe('workload identity federation (A10)', () => {
  test.each([
    ['as Entra ID writes it in version 1', `api://${application}`],
    ['as Entra ID writes it in version 2', application],
  ])('takes a token of the trusted issuer for the subject; audience %s', async (_case, aud) => {
    await expect(accept(trusting(), await issuer.sign(claims({ aud })))).resolves.toBeUndefined()
  })

  test('may come again where it does not name itself, as tokens of Entra ID do not', async () => {
    const assertion = await issuer.sign(claims())
    const database = usedAssertions()
    await accept(trusting(), assertion, database)
    await expect(accept(trusting(), assertion, database)).resolves.toBeUndefined()
  })

  test('is refused when replayed, where it names itself', async () => {
    const assertion = await issuer.sign(claims({ jti: 'one' }))
    const database = usedAssertions()
    await accept(trusting(), assertion, database)
    await expect(accept(trusting(), assertion, database)).rejects.toThrow('used before')
  })

  const refused: [string, () => Promise<string>, string][] = [
    ['another audience', () => issuer.sign(claims({ aud: 'api://other' })), 'claim aud'],
    ['another subject', () => issuer.sign(claims({ sub: 'other' })), 'claim sub'],
    ['another issuer', () => issuer.sign(claims({ iss: 'https://other.example' })), 'claim iss'],
    ['no expiry', () => issuer.sign(claims({ exp: undefined })), 'exp of the assertion is missing'],
    ['an expiry in the past', () => issuer.sign(claims({ exp: now - 120 })), 'expired'],
    ['an expiry in the far future', () => issuer.sign(claims({ exp: now + 1e6 })), 'expires too late'],
    ['a start in the future', () => issuer.sign(claims({ nbf: now + 600 })), 'claim nbf'],
    ['an unknown key id', () => issuer.sign(claims(), { kid: 'second' }), 'signature'],
    [
      'the key of somebody else',
      async () => issuer.sign(claims(), {}, (await generateKeyPair('RS256')).privateKey),
      'signature',
    ],
    ['no signature', async () => new UnsecuredJWT(claims()).setExpirationTime('1h').encode(), 'signature'],
    [
      'the public key as a secret of HS256',
      () => issuer.sign(claims(), { alg: 'HS256' }, publicKeyBytes()),
      'signature',
    ],
    ['what is no JWT', async () => 'nonsense', 'not a JWT'],
  ]
  test.each(refused)('refuses %s', async (_case, make, message) => {
    await expect(accept(trusting(), await make())).rejects.toMatchObject({
      status: 401,
      code: 'invalid_client',
      message: expect.stringContaining(message),
    })
  })

  const publicKeyBytes = (): Uint8Array =>
    new TextEncoder().encode(
      createPublicKey({ key: issuer.publicKey as never, format: 'jwk' })
        .export({ type: 'spki', format: 'pem' })
        .toString(),
    )

  test('keys are read once; an unknown key id does not make every request read them', async () => {
    const before = issuer.reads()
    for (let attempt = 0; attempt < 3; attempt++) {
      await accept(trusting(), await issuer.sign(claims(), { kid: `unknown-${attempt}` })).catch(() => {})
    }
    expect(issuer.reads() - before).toBeLessThanOrEqual(1)
  })

  test('an issuer that cannot be reached, or is another than it says, is told as such', async () => {
    const gone = await startTestIssuer()
    gone.close()
    for (const url of [gone.url, issuer.url.replace('127.0.0.1', 'localhost')]) {
      await expect(accept(trusting({ issuer: url }), await issuer.sign(claims({ iss: url })))).rejects.toThrow(
        `The keys of ${url} cannot be read`,
      )
    }
  })

  test('is refused for a configuration without federation', async () => {
    await expect(accept(client({}), await issuer.sign(claims()))).rejects.toThrow('has no federation')
  })
})

describe('private_key_jwt (A10)', () => {
  const own = { iss: 'client', sub: 'client', aud: endpoint, jti: 'j' }
  const setup = async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const sign = (more: JWTPayload) =>
      new SignJWT({ exp: now + 300, ...own, ...more }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    return { by: client({ jwks: { keys: [await exportJWK(publicKey)] } }), sign }
  }

  test('is good once', async () => {
    const { by, sign } = await setup()
    const database = usedAssertions()
    await accept(by, await sign({}), database)
    await expect(accept(by, await sign({}), database)).rejects.toThrow('used before')
  })

  test.each([
    [{ aud: 'https://other.example/token' }, 'claim aud'],
    [{ sub: 'other' }, 'claim sub'],
    [{ jti: undefined }, 'jti of the assertion is missing'],
    [{ exp: now - 120 }, 'expired'],
  ])('%j is refused', async (more, message) => {
    const { by, sign } = await setup()
    await expect(accept(by, await sign(more))).rejects.toThrow(message)
  })

  test('is refused for a configuration without keys', async () => {
    const { sign } = await setup()
    await expect(accept(client({}), await sign({}))).rejects.toThrow('has no jwks')
  })
})
