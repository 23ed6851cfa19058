import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import path from 'node:path'
import { startPostgres } from '../../scim/testing/postgres.ts'
import { type Header, tables } from '../../scim/transfer/format.ts'
import { groupSizes, idOf, userOf } from './data.ts'
import type { Target } from './load.ts'
import { end, firstLine, memoryOf } from './processes.ts'

const service = path.join(import.meta.dirname, '../../scim/main.ts')
const client = { id: idOf('Group', -1), secret: 'a-secret-for-the-benchmark-only' }
/** As a small server in production has them. */
const serverSettings = ['shared_buffers=512MB', 'max_wal_size=2GB', 'random_page_cost=1.1', 'jit=off']

/** The bundled service with `users` people, over PostgreSQL with fsync, or the embedded database, in `folder`. */
export async function startOurs(kind: 'PostgreSQL' | 'PGlite', users: number, folder: string): Promise<Target> {
  mkdirSync(folder, { recursive: true })
  const server = kind === 'PostgreSQL' ? await startPostgres(serverSettings) : undefined
  const database = server ? ['--database', await server.freshDatabase()] : []
  const where = [...database, '--data', path.join(folder, 'data')]
  const file = path.join(folder, 'tenant.ndjson')
  await writeTenant(file, users)
  await run(['import', ...where], file)
  const child = spawn(process.execPath, ['--no-warnings', service, '--json', '--port', '0', ...where], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ENTRADA_SCIM_LOG_LEVEL: 'warn' },
  })
  const ready = JSON.parse(await firstLine(child)) as { tenantUrl: string; tokenEndpoint: string }
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  const body = new URLSearchParams(form).toString()
  const answer = await fetch(ready.tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return {
    name: `Entrada (${kind})`,
    tenantUrl: ready.tenantUrl,
    token,
    tokenRequest: { url: ready.tokenEndpoint, body },
    pagesByCursor: true,
    id: idOf,
    memory: () => memoryOf([child.pid!]),
    async stop() {
      await end(child)
      await server?.remove()
    },
  }
}

async function run(args: string[], input: string): Promise<void> {
  const child = spawn(process.execPath, ['--no-warnings', service, ...args], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  child.stdin.on('error', () => {})
  createReadStream(input).pipe(child.stdin)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`scim ${args[0]} failed: ${said}`)
}

/** A tenant as `scim export` writes it. */
async function writeTenant(file: string, users: number): Promise<void> {
  const out = createWriteStream(file)
  const counts: Record<string, number> = Object.fromEntries(Object.keys(tables).map((table) => [table, 0]))
  const line = async (value: object): Promise<void> => {
    if (!out.write(`${JSON.stringify(value)}\n`)) await once(out, 'drain')
  }
  const row = async (table: string, value: object): Promise<void> => {
    counts[table]!++
    await line({ [table]: value })
  }
  const now = new Date().toISOString()
  const header: Header = {
    format: 'entrada-scim-tenant',
    version: 1,
    exported: now,
    tenant: { name: 'default', display_name: 'Bench', created: now, settings: {} },
  }
  await line(header)
  await row('licence_pool', { type: 'named', seats: null, used: users })
  const configuration = { id: client.id, name: 'Bench', name_key: 'bench', default_licence: 'named', managed_by: null }
  await row('configuration', {
    ...configuration,
    client_id: client.id,
    created: now,
    access: 'full',
    federation: null,
    jwks: null,
  })
  await row('client_secret', {
    id: client.id,
    configuration: client.id,
    hash: createHash('sha256').update(client.secret).digest('hex'),
    retires_others: false,
    created: now,
    expires: new Date(Date.now() + 86_400_000).toISOString(),
    last_used: null,
  })
  const sizes = groupSizes(users)
  let seq = 0
  for (const n of sizes.keys()) {
    const attrs = { displayName: `Group ${n}` }
    await row('resource', {
      id: idOf('Group', n),
      type: 'Group',
      seq: ++seq,
      version: 1,
      attrs,
      created: now,
      modified: now,
    })
  }
  const licence = {
    configuration: client.id,
    base_licence: 'named',
    licence_type: 'named',
    licence_state: 'licensed',
    licence_held: 'named',
  }
  for (let n = 0; n < users; n++) {
    const { schemas: _, ...attrs } = userOf(n)
    await row('resource', {
      id: idOf('User', n),
      type: 'User',
      seq: ++seq,
      version: 1,
      attrs,
      created: now,
      modified: now,
      ...licence,
      waiting_since: null,
    })
  }
  for (const [n, size] of sizes.entries()) {
    for (let member = 0; member < size; member++) {
      await row('membership', { group_id: idOf('Group', n), member_id: idOf('User', member), member_type: 'User' })
    }
  }
  await line({ end: counts })
  out.end()
  await once(out, 'finish')
}
