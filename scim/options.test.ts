import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readOptions, showsPassword, usage, variables } from './options.ts'

const problemsOf = (args: string[], environment: NodeJS.ProcessEnv = {}): string => {
  try {
    readOptions(args, environment)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('a flag wins over the environment, that over what is usual; an empty variable is none', () => {
  const environment = { ENTRADA_SCIM_PORT: '1', ENTRADA_SCIM_HOST: '0.0.0.0', ENTRADA_SCIM_TENANT: '' }
  expect(readOptions(['--port', '2'], environment)).toMatchObject({ port: 2, host: '0.0.0.0', tenant: 'default' })
})

test('all that is wrong is said at once, with its name, its value and what is allowed', () => {
  const environment = {
    ENTRADA_SCIM_LOG_LEVEL: 'loud',
    ENTRADA_SCIM_DRAIN_SECONDS: '1e9',
    ENTRADA_SCIM_PUBLIC_URL: 'x',
  }
  expect(problemsOf(['--port', 'abc', '--tenant', 'Über'], environment).split('\n')).toEqual([
    '--port must be a number from 0 to 65535; it was "abc"',
    expect.stringMatching(/^--tenant must be .* none of the service's own paths; it was "Über"$/),
    'ENTRADA_SCIM_PUBLIC_URL must be an http or https URL; it was "x"',
    'ENTRADA_SCIM_LOG_LEVEL must be one of info, trace, debug, warn, error, fatal, silent; it was "loud"',
    'ENTRADA_SCIM_DRAIN_SECONDS must be a number from 0 to 600; it was "1e9"',
  ])
})

test('secrets are not repeated when they are wrong', () => {
  const environment = {
    ENTRADA_SCIM_ADMIN_TOKEN: 'hunter2',
    ENTRADA_SCIM_KEY: 'hunter2',
    ENTRADA_SCIM_METRICS_TOKEN: 'hunter2',
    ENTRADA_SCIM_DATABASE: 'mysql://user:hunter2@host',
  }
  const problems = problemsOf([], environment)
  expect(problems.split('\n')).toHaveLength(4)
  expect(problems).not.toContain('hunter2')
})

test.each(['api', 'admin', 'metrics', 'healthz', 'x_y', 'x'.repeat(64)])(
  '%s cannot be the name of a tenant',
  (name) => {
    expect(problemsOf(['--tenant', name])).toContain('--tenant must be')
  },
)

test.each([
  ['1', 1],
  ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
])('proxies that are trusted: %s', (value, expected) => {
  expect(readOptions([], { ENTRADA_SCIM_TRUST_PROXY: value }).trustProxy).toEqual(expected)
})

test.each(['abc', '10.0.0.0/8,', '1.2.3'])('%s is no proxy', (value) => {
  expect(problemsOf([], { ENTRADA_SCIM_TRUST_PROXY: value })).toContain('ENTRADA_SCIM_TRUST_PROXY must be')
})

test('secrets have no flag', () => {
  expect(problemsOf(['--admin-token', 'x'])).toContain('--admin-token')
  expect(usage).not.toContain('--adminToken')
})

test.each([
  ['postgres://u:hunter2@host/x', true],
  ['--database=postgresql://u:hunter2@host/x', true],
  ['postgres://host/x?user=u&password=hunter2', true],
  ['postgres://u@host:5432/x', false],
  ['postgres://host:5432/x?host=/run', false],
])('that %s shows a password is %s', (arg, shown) => {
  expect(showsPassword(['--database', arg])).toBe(shown)
})

test.each(['postgres://u:hun/ter2@host/x', 'postgres://u:p@host:99999/x'])('%s is no URL of a database', (url) => {
  expect(problemsOf([], { ENTRADA_SCIM_DATABASE: url })).toMatch(/^ENTRADA_SCIM_DATABASE must be a URL.*%23/)
})

test.each(variables)('%s is in the help and in the README', (variable) => {
  expect(usage).toContain(`  ${variable}\n`)
  expect(readFileSync(new URL('README.md', import.meta.url), 'utf8')).toContain(`\`${variable}\``)
})

describe('what belongs together', () => {
  const id = '11111111-1111-4111-8111-111111111111'
  const entra = { ENTRADA_SCIM_ENTRA_TENANT: id, ENTRADA_SCIM_ENTRA_CLIENT_ID: id }
  const identity = { ENTRADA_SCIM_IDENTITY: id }
  const key = { ENTRADA_SCIM_KEY: 'x'.repeat(32) }
  const vault = { ENTRADA_SCIM_KEY_VAULT_KEY: 'https://v.vault.azure.net/keys/scim' }
  const onAzure = 'postgres://scim@s.postgres.database.azure.com:5432/scim'

  test.each([
    [
      'all that a service in Azure has',
      { ...entra, ...identity, ...vault, ENTRADA_SCIM_DATABASE: `${onAzure}?sslmode=verify-full` },
    ],
    ['an identity beside the embedded database', identity],
    ['an identity beside a password', { ...identity, ENTRADA_SCIM_DATABASE: 'postgres://u:p@host/scim' }],
    [
      'an identity beside a database of this machine',
      { ...identity, ENTRADA_SCIM_DATABASE: 'postgres://u@localhost/scim' },
    ],
    ['an identity beside a socket', { ...identity, ENTRADA_SCIM_DATABASE: 'postgres://u@x/scim?host=/run' }],
    [
      'an application with an admin token beside it',
      { ...entra, ...identity, ENTRADA_SCIM_ADMIN_TOKEN: 'x'.repeat(16) },
    ],
    ['an application with a key', { ...entra, ...identity, ...key }],
  ])('%s is taken', (_, environment) => {
    expect(problemsOf([], environment)).toBe('')
  })

  test.each([
    [
      'half an application',
      { ...identity, ...key, ENTRADA_SCIM_ENTRA_TENANT: id },
      /^ENTRADA_SCIM_ENTRA_TENANT and ENTRADA_SCIM_ENTRA_CLIENT_ID are set together/,
    ],
    [
      'an application without an identity',
      { ...entra, ...key },
      /^ENTRADA_SCIM_ENTRA_CLIENT_ID needs ENTRADA_SCIM_IDENTITY, by which/,
    ],
    [
      'an application without any key',
      { ...entra, ...identity },
      /needs a key.*ENTRADA_SCIM_KEY_VAULT_KEY or ENTRADA_SCIM_KEY$/,
    ],
    ['a vault without an identity', vault, /^ENTRADA_SCIM_KEY_VAULT_KEY needs ENTRADA_SCIM_IDENTITY/],
    ['two keys', { ...vault, ...identity, ...key }, /^ENTRADA_SCIM_KEY_VAULT_KEY and ENTRADA_SCIM_KEY are two keys/],
    [
      'a token for who is not verified',
      { ...identity, ENTRADA_SCIM_DATABASE: onAzure },
      /^ENTRADA_SCIM_DATABASE must end in \?sslmode=verify-full/,
    ],
    ['a token for anybody by TLS', { ...identity, ENTRADA_SCIM_DATABASE: `${onAzure}?sslmode=require` }, /verify-full/],
  ])('%s is refused, with the reason', (_, environment, reason) => {
    expect(problemsOf([], environment)).toMatch(reason)
  })

  test('and all that does not is said at once', () => {
    expect(problemsOf([], { ...vault, ...key, ENTRADA_SCIM_ENTRA_TENANT: id }).split('\n')).toHaveLength(4)
  })

  test.each([
    'http://v.vault.azure.net/keys/k',
    'https://v.vault.azure.net/secrets/k',
    'https://v.vault.azure.net/keys/k/x',
    'https://u@v.vault.azure.net/keys/k',
  ])('%s is no key', (url) => {
    expect(problemsOf([], { ENTRADA_SCIM_KEY_VAULT_KEY: url })).toMatch(
      /^ENTRADA_SCIM_KEY_VAULT_KEY must be the URL of a key/,
    )
  })

  test('ids are compared as Entra ID writes them, and addresses end without a slash', () => {
    const environment = {
      ...identity,
      ...key,
      ENTRADA_SCIM_ENTRA_TENANT: 'ABCDEF00-1111-4111-8111-111111111111',
      ENTRADA_SCIM_ENTRA_CLIENT_ID: id,
      ENTRADA_SCIM_ENTRA_LOGIN: 'https://login.microsoftonline.us/',
    }
    const { entraTenant, entraLogin } = readOptions([], environment)
    expect([entraTenant, entraLogin]).toEqual([
      'abcdef00-1111-4111-8111-111111111111',
      'https://login.microsoftonline.us',
    ])
  })
})
