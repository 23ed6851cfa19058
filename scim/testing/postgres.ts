import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../storage/postgres.ts'
import { postgresBinaries } from './postgres-binaries.ts'

/** A PostgreSQL server of a test's own, reached by a Unix socket, without fsync unless its settings say so. */
export interface TestServer {
  /** Of a new, empty database. */
  freshDatabase(): Promise<string>
  /** A login of this name, which makes what it likes in a database, and the URL for it; it needs a password from now on. */
  addLogin(name: string, database: string): Promise<string>
  /** Does something to the server itself. */
  administer(text: string): Promise<void>
  /** Ends the server as a crash would. */
  stop(): Promise<void>
  /** Starts it again, with what it held. */
  start(): Promise<void>
  /** Stops it and removes what it held. */
  remove(): Promise<void>
}

const withoutDisk = ['fsync=off', 'full_page_writes=off', 'shared_buffers=64MB', 'jit=off']

/** Starts a server. It ends with this process, however that ends. Throws if PostgreSQL is not installed. */
export async function startPostgres(settings = withoutDisk): Promise<TestServer> {
  const binaries = postgresBinaries()
  if (!binaries) throw new Error('PostgreSQL is not installed: on Debian, apt-get install postgresql')
  const folder = mkdtempSync(join(tmpdir(), 'pg-'))
  const user = unprivilegedUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const fresh = [
    '--no-sync',
    '--no-instructions',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--username=postgres',
  ]
  execFileSync(join(binaries, 'initdb'), ['-D', data, ...fresh], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const urlOf = (name: string): string => `postgres://postgres@localhost/${name}?host=${encodeURIComponent(folder)}`

  let server: ChildProcess | undefined
  let databases = 0
  const start = async (): Promise<void> => {
    const options = ['listen_addresses=', ...settings].flatMap((setting) => ['-c', setting])
    // The shell ends the server when its standard input does, so also when the tests are killed.
    const script = '"$@" & read -r _; kill -QUIT $!; wait $!'
    const command = [join(binaries, 'postgres'), '-D', data, '-k', folder, ...options]
    server = spawn('/bin/sh', ['-c', script, 'postgres', ...command], {
      ...user,
      cwd: folder,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    for (let attempt = 1; ; attempt++) {
      try {
        await (await openPostgres(urlOf('postgres'))).close()
        return
      } catch (error) {
        if (attempt === 200) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  const stop = async (): Promise<void> => {
    if (!server || server.exitCode !== null) return
    const ended = once(server, 'exit')
    server.stdin!.end()
    await ended
  }
  const administer = async (text: string): Promise<void> => {
    const administration = await openPostgres(urlOf('postgres'))
    await administration.query(text)
    await administration.close()
  }
  await start()
  return {
    administer,
    async addLogin(name, database) {
      const rules = join(data, 'pg_hba.conf')
      writeFileSync(rules, `local all ${name} password\n${readFileSync(rules, 'utf8')}`)
      await administer('SELECT pg_reload_conf()')
      await administer(`CREATE ROLE ${name} LOGIN`)
      const url = new URL(database)
      await administer(`ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${name}`)
      url.username = name
      return url.href
    },
    start,
    stop,
    async freshDatabase() {
      const name = `test${++databases}`
      await administer(`CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return { uid: Number(user?.[2] ?? 65_534), gid: Number(user?.[3] ?? 65_534) }
}
