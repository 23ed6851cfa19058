import { resolve } from 'node:path'
import { pino } from 'pino'
import { adminCredential } from './admin-credential.ts'
import { type Options, readOptions, UsageError, usage } from './options.ts'
import { type Ready, type Service, startService } from './service.ts'
import type { Database } from './storage/database.ts'
import { DirectoryInUse, lockDirectory } from './storage/lock.ts'
import { openPglite } from './storage/pglite.ts'
import { openPostgres } from './storage/postgres.ts'

/** Requests in progress have this long to end. */
const graceMilliseconds = 10_000

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else await run(options)
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

async function run(options: Options): Promise<void> {
  const directory = resolve(options.data)
  const logger = pino(
    {
      level: process.env.ENTRADA_SCIM_LOG_LEVEL ?? 'info',
      redact: ['req.headers.authorization', 'req.headers.cookie', 'err.parameters'],
    },
    pino.destination(2),
  )
  const release = options.databaseUrl ? () => {} : lockDirectory(directory)
  process.once('exit', release)
  const credential = adminCredential(directory)
  const database = await openDatabase(options, directory)
  const service = await startService({
    database,
    adminToken: credential.token,
    host: options.host,
    port: options.port,
    tenant: options.tenant,
    firstConfiguration: process.env.ENTRADA_SCIM_FIRST_CONFIGURATION !== 'none',
    publicUrl: process.env.ENTRADA_SCIM_PUBLIC_URL,
    logger,
  })
  stopOnSignals(service)
  console.log(options.json ? JSON.stringify(service.ready) : welcome(service.ready))
  if (credential.file) console.error(`The admin token is in ${credential.file}`)
}

function openDatabase(options: Options, directory: string): Promise<Database> {
  return options.databaseUrl ? openPostgres(options.databaseUrl) : openPglite(`${directory}/database`)
}

function stopOnSignals(service: Service): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), graceMilliseconds).unref()
    service.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  if (process.env.ENTRADA_EXIT_WITH_PARENT === '1') process.stdin.resume().on('end', stop).on('error', stop)
}

function welcome(ready: Ready): string {
  const client = ready.clientSecret
    ? [`  Client id       ${ready.clientId}`, `  Client secret   ${ready.clientSecret}   (shown this once)`]
    : ['  Client          made at an earlier start; the management API gives further secrets']
  return [
    'The SCIM service is ready.',
    `  Tenant URL      ${ready.tenantUrl}`,
    `  Token endpoint  ${ready.tokenEndpoint}`,
    ...client,
    `  Admin pages     ${ready.adminUrl}`,
    `  Management API  ${ready.apiUrl}`,
  ].join('\n')
}

function explain(error: unknown): string {
  const { code, message, stack, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (error instanceof UsageError || error instanceof DirectoryInUse) return message
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is in use by another program. Name another with --port, or 0 for any free one.`
  if (code === 'EACCES' && port) return `Port ${port} may not be opened by this user. Name one above 1023 with --port.`
  if (code === '08006') return `The database cannot be reached: ${message}`
  return stack ?? message
}
