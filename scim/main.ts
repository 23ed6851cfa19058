import { resolve } from 'node:path'
import { pino } from 'pino'
import { adminCredential, type Credential } from './admin-credential.ts'
import { type Configured, configured } from './entra/configured.ts'
import { explain } from './explain.ts'
import { gathering, openLogger } from './operations/logger.ts'
import { type Options, readOptions, showsPassword, usage } from './options.ts'
import { requireFreePort } from './port.ts'
import { type Ready, type Service, startService } from './service.ts'
import type { Database } from './storage/database.ts'
import { lockDirectory } from './storage/lock.ts'
import { migrate } from './storage/migrate.ts'
import { openPglite } from './storage/pglite.ts'
import { openPostgres } from './storage/postgres.ts'
import { type Transfer, transfer, transfers } from './transfer/command.ts'

const passwordShown =
  'Warning: whoever uses this machine can read the password in --database. Set ENTRADA_SCIM_DATABASE instead'

const oneReplicaOnly = 'For more than one replica set ENTRADA_SCIM_ADMIN_TOKEN and ENTRADA_SCIM_KEY, the same for all'

try {
  const [first = '', ...rest] = process.argv.slice(2)
  const command = [...transfers, 'migrate' as const].find((name) => name === first)
  const options = readOptions(command ? rest : process.argv.slice(2))
  if (showsPassword(process.argv)) console.error(passwordShown)
  if (options.help) console.log(usage)
  else if (command === 'migrate') await withDatabase(options, tellMigrations)
  else if (command)
    await move(
      command,
      options,
      rest.some((argument) => argument.startsWith('--tenant')),
    )
  else await run(options)
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

async function run(options: Options): Promise<void> {
  const directory = resolve(options.data)
  await requireFreePort(options.host, options.port)
  const release = options.database ? () => {} : lockDirectory(directory)
  process.once('exit', release)
  const { entra, key, password } = configured(options)
  const { adminToken } = options
  const credential: Credential = entra ? { token: adminToken } : adminCredential(directory, adminToken)
  const database = await openDatabase(options, directory, password)
  const output = pino.destination({ fd: 2, sync: false })
  const log = gathering(output)
  process.once('exit', () => {
    log.flush()
    output.flushSync()
  })
  const service = await startService({
    database,
    adminToken: credential.token,
    entra,
    key,
    host: options.host,
    port: options.port,
    tenant: options.tenant,
    firstConfiguration: options.firstConfiguration === 'made',
    publicUrl: options.publicUrl,
    logger: openLogger(options.logLevel, log),
    settings: options,
  })
  stopOnSignals(service)
  console.log(options.json ? JSON.stringify(service.ready) : welcome(service.ready))
  if (credential.file) console.error(`The admin token is in ${credential.file}`)
  if (credential.file && options.database) console.error(oneReplicaOnly)
}

/** An import takes the name that stands in the file, unless one is given. */
async function move(command: Transfer, options: Options, isNamed: boolean): Promise<void> {
  const tenant = command === 'export' || isNamed ? options.tenant : undefined
  await withDatabase(options, (database) => transfer(command, database, tenant))
}

async function tellMigrations(database: Database): Promise<void> {
  const done = await migrate(database)
  console.log(done.length > 0 ? `Migrated: ${done.join(', ')}` : 'The database is up to date')
}

async function withDatabase(options: Options, work: (database: Database) => Promise<void>): Promise<void> {
  const directory = resolve(options.data)
  const release = options.database ? () => {} : lockDirectory(directory)
  process.once('exit', release)
  const database = await openDatabase(options, directory, configured(options).password)
  try {
    await work(database)
  } finally {
    await database.close()
  }
}

async function openDatabase(options: Options, directory: string, password: Configured['password']): Promise<Database> {
  const { database, databaseConnections: connections } = options
  if (!database) return await openPglite(`${directory}/database`)
  // Why there is no token is said better here than by a connection that fails.
  await password?.()
  return await openPostgres(database, { connections, password })
}

function stopOnSignals(service: Service): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    service.close().then(
      () => process.exit(0),
      (error) => {
        console.error(explain(error))
        process.exit(1)
      },
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
