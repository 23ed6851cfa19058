import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Ready } from './service.ts'
import { describeOnPostgres } from './testing/on-postgres.ts'
import { startPostgres, type TestServer } from './testing/postgres.ts'
import { callsTo, newGroup, newUser, patchOf, tokenOf } from './testing/service.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const running = new Set<ChildProcess>()
const directories: string[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** Writes until the service is killed in the middle of them, and returns what it has acknowledged: names of users, ids of members. */
async function writeUntilKilled(storage: string[]): Promise<{ users: string[]; members: string[] }> {
  const child = spawn(process.execPath, ['--no-warnings', main, ...storage, '--json', '--port', '0'], {
    env: {
      PATH: process.env.PATH,
      ENTRADA_SCIM_ADMIN_TOKEN: 'an-admin-token-for-tests',
      ENTRADA_SCIM_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const [line] = await once(createInterface(child.stdout), 'line')
  const ready = JSON.parse(line) as Ready
  const scim = callsTo(ready.tenantUrl, await tokenOf(ready.tokenEndpoint, ready.clientId!, ready.clientSecret!))
  const { body: group } = await scim('POST', '/Groups', newGroup('everybody'))
  const acknowledged: { users: string[]; members: string[] } = { users: [], members: [] }
  const write = async (name: string): Promise<void> => {
    const made = await scim('POST', '/Users', newUser(name))
    if (made.status === 201) acknowledged.users.push(name)
    const { id } = made.body
    const joined = await scim(
      'PATCH',
      `/Groups/${group.id}`,
      patchOf({ op: 'add', path: 'members', value: [{ value: id }] }),
    )
    if (joined.status === 204) acknowledged.members.push(id)
    if (acknowledged.members.length === 30) child.kill('SIGKILL')
  }
  const writer = async (own: number): Promise<void> => {
    for (let index = 0; ; index++) await write(`user-${own}-${index}`)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, own) => writer(own)))
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'))
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return acknowledged
}

/** What the tenant's file, written by the command, does not hold. */
function lostFrom(storage: string[], { users, members }: { users: string[]; members: string[] }): string[] {
  const file = execFileSync(process.execPath, ['--no-warnings', main, 'export', ...storage], {
    maxBuffer: 1e8,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const rows = file
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const stored = new Set(rows.flatMap(({ resource, membership }) => [resource?.attrs.userName, membership?.member_id]))
  return [...users, ...members].filter((each) => !stored.has(each))
}

test('the embedded database holds all that was acknowledged when the process is killed under load', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'scim-'))
  directories.push(directory)
  const storage = ['--data', directory]
  expect(lostFrom(storage, await writeUntilKilled(storage))).toEqual([])
}, 120_000)

describeOnPostgres('on PostgreSQL', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server?.remove())

  test('all that was acknowledged is there when the process is killed under load', async () => {
    const storage = ['--database', await server.freshDatabase()]
    expect(lostFrom(storage, await writeUntilKilled(storage))).toEqual([])
  }, 60_000)
})
