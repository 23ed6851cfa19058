import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import { type Context, tenantUrl, tokenEndpoint } from './http/context.ts'
import { openIssuers } from './oauth/issuers.ts'
import { serviceKey } from './oauth/service-key.ts'
import { openSigningKeys } from './oauth/signing-keys.ts'
import { openTokens } from './oauth/tokens.ts'
import { createConfiguration, listConfigurations } from './storage/configurations.ts'
import type { Database } from './storage/database.ts'
import { migrate } from './storage/migrate.ts'
import { findTenant, putTenant } from './storage/tenants.ts'

export interface ServiceOptions {
  database: Database
  adminToken: string
  /** What the service encrypts and signs by; the same in all replicas. The admin token if there is none. */
  key?: string
  host: string
  /** 0: any free port. */
  port: number
  tenant: string
  /** Whether a new tenant is given a provisioning configuration. */
  firstConfiguration: boolean
  /** Where clients reach the service, if that is not where it listens. */
  publicUrl?: string
  logger: FastifyBaseLogger
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
  /** Ends requests in progress, then closes the database. */
  close(): Promise<void>
}

export async function startService(options: ServiceOptions): Promise<Service> {
  const { database, tenant } = options
  await migrate(database)
  let baseUrl = options.publicUrl?.replace(/\/+$/, '') ?? ''
  const key = serviceKey(options.key ?? options.adminToken)
  const signingKeys = await openSigningKeys(database, key)
  const context: Context = {
    database,
    tokens: openTokens(database, signingKeys),
    signingKeys,
    issuers: openIssuers(),
    adminToken: options.adminToken,
    deriveKey: key.derive,
    cursorKey: key.derive('page cursors'),
    baseUrl: () => baseUrl,
  }
  const app = await buildApp(context, options.logger)
  await app.listen({ host: options.host, port: options.port })
  const { port } = app.server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  if (baseUrl === '') baseUrl = `http://${host}:${port}`
  const first = await prepareTenant(database, tenant, options.firstConfiguration)
  return {
    ready: {
      tenantUrl: tenantUrl(context, tenant),
      tokenEndpoint: tokenEndpoint(context, tenant),
      ...first,
      adminUrl: `${baseUrl}/admin`,
      apiUrl: `${baseUrl}/api/tenants/${tenant}`,
    },
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}

type FirstClient = Pick<Ready, 'clientId' | 'clientSecret'>

/** Only a new tenant gets a configuration; the secret of an old one is not known any more, only its hash. */
async function prepareTenant(database: Database, name: string, firstConfiguration: boolean): Promise<FirstClient> {
  const nothing = { clientId: null, clientSecret: null }
  if (await findTenant(database, name)) return nothing
  await putTenant(database, name, {}, 'first start')
  if (!firstConfiguration) return nothing
  const tenant = await findTenant(database, name)
  const made = await createConfiguration(database, tenant!.id, { name: 'Default', defaultLicence: 'named' })
  const [configuration] = await listConfigurations(database, tenant!.id)
  return { clientId: configuration!.clientId, clientSecret: made.clientSecret }
}
