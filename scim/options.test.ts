import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
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
