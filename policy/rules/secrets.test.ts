import { describe, expect, test } from '@jest/globals'
import { JOB, violations } from '../testing.ts'
import { type Props, UNKNOWN, type Value } from '../values.ts'
import { httpsOnly } from './httpsOnly.ts'
import { noSecretInClear } from './noSecretInClear.ts'
import { isSecretName, secretKindOf } from './secretLike.ts'

const check = (props: Props, ...secrets: string[]) =>
  violations(noSecretInClear, 'any:index:Type', props, { secrets: new Set(secrets) })

describe('no-secret-in-clear', () => {
  test('finds secrets by their names, and tells their places but not their values', () => {
    const found = check({
      credentials: { clientId: 'id', clientSecret: 'hush-hush' },
      configuration: { secrets: [{ name: 'db', value: 'hush-hush' }] },
      template: { containers: [{ env: [{ name: 'SCIM_ADMIN_TOKEN', value: 'hush-hush' }] }] },
    })
    expect(found).toEqual([
      'credentials.clientSecret is named like a secret and is no secret to the engine',
      'configuration.secrets[0].value is named like a secret and is no secret to the engine',
      'template.containers[0].env[0].value is named like a secret and is no secret to the engine',
    ])
    expect(found.join()).not.toContain('hush-hush')
  })

  test('takes what the engine knows as secret: itself, or all it is in', () => {
    const props = { credentials: { clientSecret: 'x' }, keys: [{ accessKey: 'y' }] }
    expect(check(props, 'credentials.clientSecret', 'keys[0].accessKey')).toEqual([])
    expect(check(props, 'credentials', 'keys')).toEqual([])
    expect(check(props, 'credential', 'key')).toHaveLength(2)
  })

  test('leaves alone what is empty, not known yet, or a reference', () => {
    expect(
      check({ clientSecret: '', password: UNKNOWN, token: null, secretRef: 'db', tokenEndpoint: 'https://t/' }),
    ).toEqual([])
  })

  test('finds secrets by what they look like, wherever they stand', () => {
    expect(check({ tags: { note: `-----BEGIN RSA PRIVATE KEY-----\nabc` } })).toEqual([
      'tags.note holds a private key and is no secret to the engine',
    ])
  })

  test('says so where the engine does not show what is secret', () => {
    expect(violations(noSecretInClear, 'any:index:Type', {})).toEqual([
      'at this level the engine does not show what is secret: use remediate or disabled',
    ])
  })
})

test.each([
  'clientSecret',
  'administratorLoginPassword',
  'ENTRADA_SCIM_ADMIN_TOKEN',
  'connection-string',
  'sasToken',
  'key',
  'primaryKey',
  'account_key',
  'accessKey1',
])('%s is named like a secret', (name) => {
  expect(isSecretName(['a', name])).toBe(true)
})

test.each([
  'tokenEndpoint',
  'passwordAuth',
  'secretRef',
  'passwordSecretRef',
  'keyVaultUrl',
  'publicKey',
  'secretName',
  'monkey',
  'value',
])('%s is not', (name) => {
  expect(isSecretName(['a', name])).toBe(false)
})

const jwt = ['eyJhbGciOiJub25lIn0', 'eyJzdWIiOiJub2JvZHkifQ', 'c2lnbmF0dXJl'].join('.')
test.each([
  [`Bearer ${jwt}`, 'a token'],
  [`AccountName=x;AccountKey=${'Ab1+'.repeat(20)}==`, 'a connection string with its key'],
  [`https://x.example/c?sv=1&sig=${'aB3%2F'.repeat(6)}`, 'a shared access signature'],
  [`abc8Q~${'x'.repeat(34)}`, 'a client secret of Entra'],
  ['postgres://app:hush@db.example/scim', 'an address with a password'],
  ['Server=db;Password=hush;', 'a connection string with its password'],
])('%s is seen', (text, kind) => {
  expect(secretKindOf(text)).toBe(kind)
})

test.each([
  'https://contoso.example/scim/v2',
  'https://contoso.example:8443/a@b',
  'Join(", ", [city], [country])',
  '/subscriptions/0/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
])('%s is harmless', (text) => {
  expect(secretKindOf(text)).toBeUndefined()
})

test('https-only, for addresses: this machine may talk to itself outside production', () => {
  const job = (tenantUrl: Value): Props => ({
    credentials: { tenantUrl, tokenEndpoint: 'https://t.example/' },
  })
  const expected = ['credentials.tenantUrl begins with http://']
  expect(violations(httpsOnly, JOB, job('http://127.0.0.1:8080/scim'))).toEqual(expected)
  expect(violations(httpsOnly, JOB, job('http://127.0.0.1:8080/scim'), { production: false })).toEqual([])
  expect(violations(httpsOnly, JOB, job('http://[::1]/scim'), { production: false })).toEqual([])
  expect(violations(httpsOnly, JOB, job('http://127.0.0.1.saas.example/'), { production: false })).toEqual(expected)
  expect(violations(httpsOnly, JOB, job('https://saas.example/'))).toEqual([])
  expect(violations(httpsOnly, JOB, job(UNKNOWN))).toEqual([])
  expect(violations(httpsOnly, 'entrasync:index:ScimConfiguration', { apiUrl: 'http://scim.example/' })).toHaveLength(1)
})
