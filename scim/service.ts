import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import { type EntraOptions, openEntra } from './entra/entra.ts'
import { type Context, tenantUrl, tokenEndpoint } from './http/context.ts'
import { openIssuers } from './oauth/issuers.ts'
import { serviceKey } from './oauth/service-key.ts'
import { openSigningKeys } from './oauth/signing-keys.ts'
import { openTokens } from './oauth/tokens.ts'
import { openBuckets } from './operations/buckets.ts'
import { openFailureLog } from './operations/failure-log.ts'
import { openMetrics } from './operations/metrics.ts'
import { openOutageLog } from './operations/outage-log.ts'
import { openSignIns } from './operations/sign-ins.ts'
import { openTenantRate } from './operations/tenant-rate.ts'
import { readOptions } from './options.ts'
import type { Settings } from './settings.ts'
import { createConfiguration, listConfigurations } from './storage/configurations.ts'
import { brokenConstraint, type Database } from './storage/database.ts'
import { migrate } from './storage/migrate.ts'
import { findTenant, putTenant } from './storage/tenants.ts'
import { startUpkeep } from './storage/upkeep.ts'

export interface ServiceOptions {
  database: Database
  /** None: the management API and the pages are for who signs in at Entra ID. */
  adminToken?: string
  /** The service's application in Entra ID. */
  entra?: EntraOptions
  /** What the service encrypts and signs by, the same in all replicas; asked for once the database is migrated. Else the admin token. */
  key?: string | ((database: Database) => Promise<string>)
  host: string
  /** 0: any free port. */
  port: number
  tenant: string
  /** Whether a new tenant is given a provisioning configuration. */
  firstConfiguration: boolean
  /** Where clients reach the service, if that is not where it listens. */
  publicUrl?: string
  logger: FastifyBaseLogger
  /** Limits and the like; what is left out is as usual. */
  settings?: Partial<Settings>
}

/** What the first line of `--json` says. Client id and secret are those of a configuration made just now, else null. */
export interface Ready {
  tenantUrl: string
  tokenEndpoint: string
  clientId: string | null
  clientSecret: string | null
  adminUrl: string
  apiUrl: string
}

export interface Service {
  ready: Ready
  /**
   * Fails readiness, waits for that to be noticed, lets requests in progress end, then closes the database. Throws if
   * some had to be cut off.
   */
  close(): Promise<void>
}

export async function startService(options: ServiceOptions): Promise<Service> {
  const { database, tenant } = options
  const settings = { ...readOptions([], {}), ...options.settings }
  await migrate(database)
  let baseUrl = options.publicUrl?.replace(/\/+$/, '') ?? ''
  const key = serviceKey(await secretOf(options))
  const signingKeys = await openSigningKeys(database, key)
  const metrics = openMetrics(database, settings.metricsTenants)
  const issuers = openIssuers()
  const noteOutage = openOutageLog()
  const context: Context = {
    database,
    tokens: openTokens(database, signingKeys),
    signingKeys,
    issuers,
    adminToken: options.adminToken,
    entra: options.entra && openEntra(options.entra, issuers),
    deriveKey: key.derive,
    cursorKey: key.derive('page cursors'),
    signIns: openSignIns(openBuckets(), metrics),
    tenantRate: openTenantRate(openBuckets(), settings, metrics),
    metrics,
    noteFailure: openFailureLog(noteOutage),
    baseUrl: () => baseUrl,
  }
  let stopping = false
  const app = await buildApp(context, options.logger, settings, { metrics, isStopping: () => stopping })
  await app.listen({ host: options.host, port: options.port })
  const { port } = app.server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  if (baseUrl === '') baseUrl = `http://${host}:${port}`
  const endUpkeep = startUpkeep(database, settings.auditDays, options.logger, noteOutage)
  const first = await prepareTenant(database, tenant, options.firstConfiguration)
  return {
    ready: {
      tenantUrl: tenantUrl(context, tenant),
      tokenEndpoint: tokenEndpoint(context, tenant),
      ...first,
      adminUrl: `${baseUrl}/admin`,
      apiUrl: `${baseUrl}/api/tenants/${tenant}`,
    },
    async close() {
      stopping = true
      await after(settings.drainSeconds * 1_000)
      const ending = app.close()
      const upkeep = endUpkeep()
      const inTime = await soon(Promise.all([ending, upkeep]), settings.shutdownSeconds * 1_000)
      if (!inTime) app.server.closeAllConnections()
      await ending
      await database.close()
      if (!inTime) throw new Error(`What had not ended after ${settings.shutdownSeconds} s was cut off`)
    },
  }
}

async function secretOf({ key, adminToken, database }: ServiceOptions): Promise<string> {
  const secret = typeof key === 'function' ? await key(database) : (key ?? adminToken)
  if (secret === undefined) throw new Error('The service has neither a key nor an admin token')
  return secret
}

/** Whether it has ended after so many milliseconds. */
async function soon(work: Promise<unknown>, limit: number): Promise<boolean> {
  const waiting = new AbortController()
  const late = after(limit, false, { signal: waiting.signal }).catch(() => false)
  const inTime = await Promise.race([work.then(() => true), late])
  waiting.abort()
  return inTime
}

const firstStart = 'first start'

type FirstClient = Pick<Ready, 'clientId' | 'clientSecret'>

/** Only a new tenant gets a configuration; the secret of an old one is not known any more, only its hash. */
async function prepareTenant(database: Database, name: string, firstConfiguration: boolean): Promise<FirstClient> {
  const nothing = { clientId: null, clientSecret: null }
  if (await findTenant(database, name)) return nothing
  await putTenant(database, name, {}, firstStart)
  if (!firstConfiguration) return nothing
  const tenant = await findTenant(database, name)
  const made = await createConfiguration(
    database,
    { tenant: tenant!.id, actor: firstStart },
    { name: 'Default', defaultLicence: 'named' },
  ).catch(unlessMadeMeanwhile)
  if (!made) return nothing
  const [configuration] = await listConfigurations(database, tenant!.id)
  return { clientId: configuration!.clientId, clientSecret: made.clientSecret }
}

/** By another replica that starts for the first time too. */
function unlessMadeMeanwhile(error: unknown): undefined {
  if (brokenConstraint(error) !== 'configuration_tenant_name_key_key') throw error
}
