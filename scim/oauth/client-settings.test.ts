import { expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair } from 'jose'
import { z } from 'zod'
import { clientSettings } from './client-settings.ts'

const schema = z.strictObject(clientSettings)
const problemOf = (value: unknown): string | undefined => schema.safeParse(value).error?.issues[0]?.message
const federation = { issuer: 'https://login.microsoftonline.com/t/v2.0', subject: 's', audience: 'a' }

test.each(['https://login.example/t', 'http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:1/x'])(
  'issuer %s is taken',
  (issuer) => expect(problemOf({ federation: { ...federation, issuer } })).toBeUndefined(),
)

test.each(['http://login.example', 'https://u@login.example', 'https://login.example?x', 'ftp://x', 'login.example'])(
  'issuer %s is refused',
  (issuer) => expect(problemOf({ federation: { ...federation, issuer } })).toContain('https address'),
)

test('keys are public, long enough, and can be told apart', async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const publicKey = await exportJWK(pair.publicKey)
  const weak = { kty: 'RSA', e: 'AQAB', n: 'x'.repeat(171) }
  expect(problemOf({ jwks: { keys: [publicKey] } })).toBeUndefined()
  expect(problemOf({ jwks: { keys: [await exportJWK(pair.privateKey)] } })).toContain('private')
  expect(problemOf({ jwks: { keys: [{ kty: 'oct', k: 'secret' }] } })).toBeDefined()
  expect(problemOf({ jwks: { keys: [weak] } })).toContain('2048')
  expect(problemOf({ jwks: { keys: [publicKey, publicKey] } })).toContain('kid')
})
