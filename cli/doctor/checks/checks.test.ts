/** What the checks conclude from what they see, case by case. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Result } from '../finding.ts'
import { checkBackend } from './backend.ts'
import { judgeClock } from './clock.ts'
import { checkEncryption } from './encryption.ts'
import { judgeEngine, judgeNode } from './machine.ts'
import { checkLock, checkState } from './state.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-doctor-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const states = ({ said }: Result<unknown>) => said.map(({ state }) => state)
const text = ({ said }: Result<unknown>) => said.map(({ seen, fix = '' }) => `${seen} → ${fix}`).join('\n')

describe('the backend', () => {
  const AZURE = { PULUMI_BACKEND_URL: 'azblob://states' }
  const ACCOUNT = { ...AZURE, AZURE_STORAGE_ACCOUNT: 'contosostate' }
  const PROJECT = 'name: entrada\n'
  const APP = { ...ACCOUNT, AZURE_CLIENT_ID: 'app', AZURE_TENANT_ID: 'tenant' }
  test.each<[string, Record<string, string>, string, RegExp]>([
    ['a folder that is there', { PULUMI_BACKEND_URL: 'file://~' }, 'ok', /file:\/\/~ \(PULUMI_BACKEND_URL\)/],
    ['a folder that is not', { PULUMI_BACKEND_URL: 'file:///no/such' }, 'problem', /mkdir -p \/no\/such/],
    ['Azure without an account', AZURE, 'problem', /AZURE_STORAGE_ACCOUNT/],
    ['Azure by key', { ...ACCOUNT, AZURE_STORAGE_KEY: 'hidden' }, 'ok', /contosostate, by AZURE_STORAGE_KEY/],
    ['Azure by signature', { ...ACCOUNT, AZURE_STORAGE_SAS_TOKEN: 'hidden' }, 'ok', /AZURE_STORAGE_SAS_TOKEN/],
    ['Azure by application', { ...APP, AZURE_CLIENT_SECRET: 'hidden' }, 'ok', /signed in as app/],
    ['Azure by federation', { ...APP, AZURE_FEDERATED_TOKEN_FILE: '/token' }, 'ok', /signed in as app/],
    ['Azure by whoever is there', ACCOUNT, 'warning', /only az login or a managed identity/],
    [
      'Azure by az login and nothing else',
      { ...APP, AZURE_TOKEN_CREDENTIALS: 'AzureCLICredential' },
      'ok',
      /by az login/,
    ],
    [
      'Azure with the account in the address',
      { PULUMI_BACKEND_URL: 'azblob://states?storage_account=other', AZURE_STORAGE_KEY: 'hidden' },
      'ok',
      /azblob:\/\/states \(.*\) in other/,
    ],
    ['Pulumi Cloud by token alone', { PULUMI_ACCESS_TOKEN: 'hidden' }, 'ok', /Pulumi Cloud/],
    [
      'Pulumi Cloud without a token',
      { PULUMI_BACKEND_URL: 'https://u:hidden@api.example' },
      'problem',
      /pulumi login https:\/\/api\.example/,
    ],
    ['none', {}, 'problem', /azblob:\/\/<container>/],
    ['one that does not exist', { PULUMI_BACKEND_URL: 'ftp://x' }, 'problem', /does not know/],
  ])('%s', (_, env, state, said) => {
    const found = checkBackend({ HOME: folder, ...env }, PROJECT)
    expect(states(found)).toEqual([state])
    expect(text(found)).toMatch(said)
    expect(text(found)).not.toContain('hidden')
  })

  test('that of pulumi login counts where no variable names one', () => {
    const home = path.join(folder, 'home')
    mkdirSync(home)
    const current = 'https://api.pulumi.com'
    writeFileSync(
      path.join(home, 'credentials.json'),
      JSON.stringify({ current, accessTokens: { [current]: 'hidden' } }),
    )
    expect(checkBackend({ PULUMI_HOME: home }, PROJECT)).toEqual({
      said: [{ state: 'ok', seen: 'https://api.pulumi.com (pulumi login)' }],
      value: { kind: 'cloud' },
    })
  })

  test('that of the project goes before pulumi login, and the variable before both', () => {
    const project = `${PROJECT}backend:\n  url: file://${folder}\n`
    const home = path.join(folder, 'logged-in')
    mkdirSync(home)
    writeFileSync(path.join(home, 'credentials.json'), JSON.stringify({ current: 'https://api.pulumi.com' }))
    expect(checkBackend({ PULUMI_HOME: home }, project)).toEqual({
      said: [{ state: 'ok', seen: `file://${folder} (Pulumi.yaml)` }],
      value: { kind: 'file', folder },
    })
    expect(text(checkBackend({ PULUMI_HOME: home, PULUMI_BACKEND_URL: 'gs://other' }, project))).toContain('gs://other')
  })
})

describe('the passphrase', () => {
  const own = { secretsProvider: undefined, clientSecret: 'v1:a:b' }
  const file = { kind: 'file' } as const
  test.each([
    ['is there', own, file, { PULUMI_CONFIG_PASSPHRASE: 'hidden' }, 'ok'],
    ['is empty', own, file, { PULUMI_CONFIG_PASSPHRASE: '' }, 'ok'],
    ['is missing', own, file, {}, 'problem'],
    ['is in a file that is not there', own, file, { PULUMI_CONFIG_PASSPHRASE_FILE: '/no/such' }, 'problem'],
    ['is not needed with a key vault', { ...own, secretsProvider: 'azurekeyvault://v.example/keys/k' }, file, {}, 'ok'],
    ['is not needed in Pulumi Cloud', own, { kind: 'cloud' } as const, {}, 'ok'],
    [
      'is asked for in Pulumi Cloud',
      { ...own, secretsProvider: 'passphrase' },
      { kind: 'cloud' } as const,
      {},
      'problem',
    ],
  ] as const)('%s', (_, encryption, backend, env, state) => {
    const found = checkEncryption(encryption, backend, env)
    expect(states(found)).toEqual([state])
    expect(text(found)).not.toContain('hidden')
  })
})

describe('the stack in a folder', () => {
  let backend: { kind: 'file'; folder: string }
  beforeEach(() => {
    backend = { kind: 'file', folder: mkdtempSync(path.join(folder, 'state-')) }
  })
  const keep = (file: string, content: string | Buffer) => {
    const full = path.join(backend.folder, '.pulumi', file)
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, content)
  }
  const lock = (of: object) =>
    keep('locks/organization/entrada/contoso/a.json', JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', ...of }))

  test('is new, is there, or is there compressed', () => {
    expect(checkState('contoso', backend)).toMatchObject({ said: [{ state: 'warning' }], value: '' })
    keep('stacks/entrada/contoso.json.gz', gzipSync('packed'))
    expect(checkState('contoso', backend)).toMatchObject({ said: [{ state: 'ok' }], value: 'packed' })
    keep('stacks/entrada/contoso.json', 'plain')
    expect(checkState('contoso', backend)).toMatchObject({ said: [{ state: 'ok' }], value: 'plain' })
  })

  test('is not looked for where only the engine can', () => {
    expect(checkState('contoso', { kind: 'blob' })).toMatchObject({ said: [{ state: 'notChecked' }], value: '' })
    expect(states(checkLock('contoso', { kind: 'cloud' }))).toEqual(['notChecked'])
  })

  test.each([
    ['nobody', undefined, 'ok'],
    ['an engine at work', { pid: process.pid, hostname: hostname() }, 'warning'],
    ['an engine that is gone', { pid: 2 ** 22 + 1, hostname: hostname() }, 'problem'],
    ['an engine elsewhere', { pid: 1, hostname: 'elsewhere' }, 'warning'],
  ])('is held by %s', (_, holder, state) => {
    if (holder) lock(holder)
    expect(states(checkLock('contoso', backend))).toEqual([state])
  })
})

test.each([
  [0, 'ok'],
  [-30, 'ok'],
  [31, 'warning'],
  [-300, 'warning'],
  [301, 'problem'],
  [-86_400, 'problem'],
])('a clock that is %i s ahead is %s', (ahead, state) => {
  expect(states(judgeClock(ahead))).toEqual([state])
})

test('an engine that is not there yet can be had', () => {
  expect(text(judgeEngine({ tried: ['on PATH: no pulumi there', 'in the cache: no x'] }))).toMatch(
    /no pulumi there; in the cache: no x.*npm run pulumi -- version/,
  )
  expect(states(judgeEngine({ command: '/bin/pulumi', source: 'PATH', version: '3.300.0' }))).toEqual(['ok'])
})

test.each([
  ['24.21.0', 'ok'],
  ['22.18.0', 'warning'],
  [undefined, 'warning'],
])('with the node %s on PATH it is %s', (onPath, state) => {
  expect(states(judgeNode('24.21.0', onPath))).toEqual([state])
})
