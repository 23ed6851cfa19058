import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import type { Ready } from './service.ts'
import { callsTo, filterBy, newUser, tokenOf } from './testing/service.ts'

const directory = mkdtempSync(join(tmpdir(), 'scim-'))
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

function launch(args: string[], environment: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', main, '--data', directory, '--json', ...args], {
    env: { PATH: process.env.PATH, ...environment },
  })
  running.add(child)
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, errors }))
  const ready = Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line) as Ready),
    ended.then(({ code }) => Promise.reject(new Error(`ended with ${code}: ${errors}`))),
  ])
  ready.catch(() => {})
  return { child, ready, ended }
}

test('one directory: made at the first start, refused to a second process, whole after kill -9, closed by SIGTERM', async () => {
  const first = launch(['--port', '0'])
  const ready = await first.ready
  expect(Object.keys(ready)).toEqual(['tenantUrl', 'tokenEndpoint', 'clientId', 'clientSecret', 'adminUrl', 'apiUrl'])
  expect(statSync(join(directory, 'admin-token')).mode & 0o777).toBe(0o600)
  const token = await tokenOf(ready.tokenEndpoint, ready.clientId!, ready.clientSecret!)
  const scim = callsTo(ready.tenantUrl, token)
  const created = await Promise.all(
    Array.from({ length: 20 }, (_, index) => scim('POST', '/Users', newUser(`u${index}`))),
  )
  expect(created.every(({ status }) => status === 201)).toBe(true)

  const second = await launch(['--port', '0']).ended
  expect(second).toEqual({ code: 1, errors: expect.stringMatching(/is in use by process \d+\. Stop that process/) })

  first.child.kill('SIGKILL')
  const { errors } = await first.ended
  const port = new URL(ready.tenantUrl).port
  const third = launch(['--port', port], { ENTRADA_EXIT_WITH_PARENT: '1' })
  const again = await third.ready
  expect(again).toEqual({ ...ready, clientId: null, clientSecret: null })
  expect((await scim('GET', `/Users${filterBy('userName sw "u"')}`)).body.totalResults).toBe(20)
  const adminToken = readFileSync(join(directory, 'admin-token'), 'utf8').trim()
  for (const text of [errors, JSON.stringify(ready)]) expect(text).not.toContain(adminToken)
  expect(errors).not.toContain(ready.clientSecret)

  third.child.stdin.end()
  expect((await third.ended).code).toBe(0)

  const fourth = launch(['--port', '0'])
  await fourth.ready
  fourth.child.kill('SIGTERM')
  expect((await fourth.ended).code).toBe(0)

  /** The pid of this test lives, but it did not start when the lock says. */
  writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }))
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address() as { port: number }
  const { code, errors: message } = await launch(['--port', String(address.port)]).ended
  const elsewhere = join(directory, 'not-made')
  await launch(['--port', String(address.port), '--data', elsewhere]).ended
  taken.close()
  expect(existsSync(elsewhere)).toBe(false)
  expect({ code, message }).toEqual({ code: 1, message: expect.stringMatching(/^Port \d+ on 127\.0\.0\.1 is in use/m) })
}, 120_000)

test.each([
  [['--port', 'abc'], '--port must be a number'],
  [['--database', 'mysql://x'], 'postgres://'],
  [['--nonsense'], '--nonsense'],
  [['--tenant', 'Über'], '--tenant must be'],
])('%j is refused with one message', async (args, message) => {
  const { code, errors } = await launch(args).ended
  expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining(message) })
})
