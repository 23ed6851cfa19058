import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { NO_FLEET, parseDefaults } from '../../config/fleet.ts'
import { aloneInRollouts } from './alone.ts'
import { askForRing } from './approve.ts'
import { Secrets } from './environment.ts'
import { keepReport, makeRoom } from './files.ts'
import { stackHash } from './fingerprint.ts'
import { UsageError } from './usage.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrada-rollout-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('values of secret variables are taken out of texts, however JSON writes them', () => {
  const secrets = new Secrets()
  secrets.add({
    ARM_CLIENT_SECRET: 'p"q\\r',
    PULUMI_CONFIG_PASSPHRASE: 'phrase',
    ARM_CLIENT_SECRET_FILE_PATH: '/a/file',
  })
  const text = JSON.stringify({ error: 'got p"q\\r and phrase from /a/file' })
  expect(JSON.parse(secrets.clean(text))).toEqual({ error: 'got [secret] and [secret] from /a/file' })
})

test('the hash of a stack follows its file, what is under it and the program, not how secrets are encrypted', () => {
  const hash = (text: string, fleet = NO_FLEET, program = 'p') => stackHash(text, 'a', {}, fleet, program)
  const text = 'config:\n  entrada:scope: all\n'
  expect(hash(`${text}encryptionsalt: v1:x\n`)).toBe(hash(text))
  expect(hash(`encryptionsalt: v1:x\n${text}`)).toBe(hash(text))
  const other = { ...NO_FLEET, defaults: parseDefaults('config: { notificationEmail: a@b.example }') }
  const hashes = [hash(text), hash(`${text}  entrada:status: off\n`), hash(text, other), hash(text, NO_FLEET, 'q')]
  expect(new Set(hashes).size).toBe(4)
})

test('a report’s folder is made beforehand; where none can be, nothing is begun, and what is not written is told', () => {
  const file = path.join(folder, 'reports', 'ci', 'x.html')
  makeRoom('--html', file)
  const said: string[] = []
  keepReport('--html', file, 'all', (text) => said.push(text))
  expect([readFileSync(file, 'utf8'), said]).toEqual(['all', []])
  expect(() => makeRoom('--junit', path.join(file, 'x.xml'))).toThrow(UsageError)
  expect(() => makeRoom('--junit', folder)).toThrow(/^--junit is '.*', a folder: name a file$/)
  expect(() => makeRoom('--junit', undefined)).not.toThrow()
  keepReport('--html', folder, 'all', (text) => said.push(text))
  expect(said).toEqual([expect.stringMatching(/^warning: the report for --html could not be written: EISDIR/)])
})

test('one rollout at a time: the second is told who runs', async () => {
  let second: unknown
  await aloneInRollouts(folder, async () => {
    second = await aloneInRollouts(folder, async () => {}).catch((error: unknown) => error)
  })
  expect(second).toBeInstanceOf(UsageError)
  expect((second as Error).message).toMatch(new RegExp(`process ${process.pid} \\(.+ on .+, since 20`))
  expect(await aloneInRollouts(folder, async () => 'free again')).toBe('free again')
})

test('a ring is approved by a yes on a terminal, or beforehand, and by nothing else', async () => {
  const signal = new AbortController().signal
  const ask = (answer: string | undefined, yes = false) => {
    const input = Object.assign(new PassThrough(), { isTTY: answer !== undefined }) as unknown as NodeJS.ReadStream
    const asked = askForRing(
      { name: 'late', stacks: ['a'] },
      { yes, signal },
      { input, output: new PassThrough() as never },
    )
    if (answer !== undefined) (input as unknown as PassThrough).write(`${answer}\n`)
    return asked
  }
  expect(await ask('y')).toEqual({ by: expect.stringMatching(/ on /) })
  expect(await ask('')).toEqual({ refused: 'ring late was not approved' })
  expect(await ask(undefined, true)).toEqual({ by: expect.stringMatching(/by --yes$/) })
  expect(await ask(undefined)).toEqual({ refused: expect.stringMatching(/waits for approval.*--yes/) })
})
