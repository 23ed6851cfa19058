import { expect, test } from '@jest/globals'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { DatabaseError, type Queryable } from '../storage/database.ts'
import type { Access } from './scopes.ts'
import type { SigningKeys } from './signing-keys.ts'
import { openTokens } from './tokens.ts'

const { publicKey, privateKey } = await generateKeyPair('ES256')
const keys: SigningKeys = {
  current: async () => ({ id: 'key', key: privateKey }),
  verifying: async (id) => (id === 'key' ? publicKey : undefined),
  published: async () => ({ keys: [] }),
  rotate: async () => {},
}
const tenant = { id: 1, name: 'contoso', displayName: 'Contoso', settings: {} }

function setup() {
  const state = { now: Date.now(), access: 'full' as Access, there: true, reads: 0, down: false }
  const database: Queryable = {
    async query<Row>() {
      state.reads++
      if (state.down) throw new DatabaseError('gone', '08006')
      const row = { tenant, configuration: 'c', name: 'Entra', defaultLicence: 'named', access: state.access }
      return (state.there ? [row] : []) as Row[]
    },
  }
  return { state, tokens: openTokens(database, keys, () => state.now) }
}
const content = { issuer: 'i', audience: 'a', configuration: 'c', clientId: 'client', scope: 'scim', seconds: 3_600 }

test('a token is as RFC 9068 describes, and says whose request it is', async () => {
  const { tokens } = setup()
  const token = await tokens.issue(content)
  expect(decodeJwt(token)).toEqual({
    iss: 'i',
    aud: 'a',
    sub: 'c',
    client_id: 'client',
    scope: 'scim',
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: expect.any(Number),
  })
  expect(await tokens.verify(token)).toMatchObject({ configuration: 'c', access: 'full', tenant: { name: 'contoso' } })
})

test('a deleted client is refused within 15 s of a replica that has just seen it, at once by one that is told (A14)', async () => {
  const { tokens, state } = setup()
  const token = await tokens.issue(content)
  await tokens.verify(token)
  state.there = false
  state.now += 14_999
  expect(await tokens.verify(token)).toBeDefined()
  state.now += 1
  expect(await tokens.verify(token)).toBeUndefined()
  state.there = true
  expect(await tokens.verify(token)).toBeDefined()
  state.there = false
  tokens.forget()
  expect(await tokens.verify(token)).toBeUndefined()
})

test('a burst of requests with one token asks the database once', async () => {
  const { tokens, state } = setup()
  const token = await tokens.issue(content)
  for (let request = 0; request < 10; request++) await tokens.verify(token)
  expect(state.reads).toBe(1)
})

test('a token follows its configuration when that becomes read-only', async () => {
  const { tokens, state } = setup()
  const token = await tokens.issue(content)
  state.access = 'readOnly'
  expect(await tokens.verify(token)).toMatchObject({ access: 'readOnly' })
})

test.each([
  ['expired', { exp: 1 }, {}],
  ['without end', {}, {}],
  ['of another kind', { exp: 9e9 }, { typ: 'JWT' }],
  ['without scope', { exp: 9e9, scope: undefined }, {}],
])('a token %s is refused, though the service has signed it (A11, A13)', async (_case, claims, header) => {
  const { tokens } = setup()
  const token = await new SignJWT({ sub: 'c', scope: 'scim', ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'key', ...header })
    .sign(privateKey)
  expect(await tokens.verify(token)).toBeUndefined()
})

test('that the database is gone is not taken for a wrong token (X21)', async () => {
  const { tokens, state } = setup()
  const token = await tokens.issue(content)
  state.down = true
  await expect(tokens.verify(token)).rejects.toThrow('gone')
})
