import { isIP } from 'node:net'
import { z } from 'zod'
import { keyPath } from './entra/key-vault.ts'
import { isSafeAddress } from './oauth/issuers.ts'
import { allowedTenantName, tenantName } from './tenant/name.ts'

/** One thing that an administrator may set. */
export interface Setting {
  value: z.ZodType
  /** What is allowed, as it stands in an error and in the help. */
  allowed: string
  help: string
  /** May stand on the command line too, which wins; secrets may not, since others see it. */
  flag?: string
  /** Never told, not even if it is wrong. */
  secret?: true
}

const integer = (least: number, most: number, usual: number) => ({
  value: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(least).max(most)).default(usual),
  allowed: `a number from ${least} to ${most}`,
})
const optionalInteger = (least: number, most: number) => ({
  ...integer(least, most, least),
  value: integer(least, most, least).value.unwrap().optional(),
})
const text = (usual: string) => ({ value: z.string().default(usual), allowed: 'text' })
const oneOf = <const Choice extends string>(usual: Choice, ...others: Choice[]) => ({
  value: z.enum([usual, ...others]).default(usual as never),
  allowed: `one of ${[usual, ...others].join(', ')}`,
})
const secret = (length: number) => ({
  value: z.string().min(length).optional(),
  allowed: `${length} characters or more`,
  secret: true as const,
})

const isCount = (given: string): boolean => /^\d{1,2}$/.test(given)
const addressesIn = (given: string): string[] => given.split(',').map((address) => address.trim())
const isProxies = (given: string): boolean =>
  isCount(given) || addressesIn(given).every((address) => isIP(address.replace(/\/\d{1,3}$/, '')) > 0)
const toProxies = (given: string): number | string[] => (isCount(given) ? Number(given) : addressesIn(given))

/** Ids of Entra ID, which writes them in small letters. */
const entraId = { value: z.guid().toLowerCase().optional(), allowed: 'an id, as 11111111-2222-3333-4444-555555555555' }
const isKey = (url: string): boolean => isSafeAddress(url) && keyPath.test(new URL(url).pathname)

export const variableOf = (name: string): string => `ENTRADA_SCIM_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`

/** The environment variable of each is `variableOf` its name. */
export const settings = {
  port: { ...integer(0, 65_535, 8080), flag: 'N', help: 'port to listen on; 0 for any free one' },
  host: { ...text('127.0.0.1'), flag: 'ADDRESS', help: 'address to listen on' },
  data: { ...text('.entrada/scim-alone'), flag: 'DIR', help: 'directory of the embedded database and the admin token' },
  database: {
    value: z
      .string()
      .regex(/^postgres(ql)?:\/\/./)
      .refine((url) => URL.canParse(url))
      .optional(),
    allowed: 'a URL: postgres://user@host/name, with / and # in a password written %2F and %23',
    flag: 'URL',
    help: 'PostgreSQL instead of the embedded database',
    secret: true,
  },
  databaseConnections: {
    ...integer(2, 1_000, 8),
    help: 'connections of one replica to PostgreSQL; more than twice its cores, for all replicas together, make it slower',
  },
  tenant: {
    value: z.string().regex(tenantName).default('default'),
    allowed: allowedTenantName,
    flag: 'NAME',
    help: 'tenant made at the first start',
  },
  publicUrl: {
    value: z.url({ protocol: /^https?$/ }).optional(),
    allowed: 'an http or https URL',
    help: 'where clients reach the service, if behind a proxy',
  },
  trustProxy: {
    value: z.string().refine(isProxies).transform(toProxies).optional(),
    allowed: 'the number of proxies before the service, or their addresses',
    help: 'whose X-Forwarded-For is believed; nobody is by default',
  },
  adminToken: {
    ...secret(16),
    help: 'credential of /api and /admin; without an application of Entra ID one is made and written to the data directory',
  },
  key: { ...secret(32), help: 'encrypts the signing keys, signs cursors and sessions; the admin token otherwise' },
  identity: {
    ...entraId,
    help: 'client id of the managed identity as whom the service signs in at its database, the key vault and Entra ID',
  },
  entraTenant: { ...entraId, help: 'tenant whose people and programs may manage the service by their app roles' },
  entraClientId: { ...entraId, help: 'client id of the application of the service in that tenant' },
  entraLogin: {
    value: z
      .string()
      .refine(isSafeAddress)
      .transform((url) => url.replace(/\/+$/, ''))
      .default('https://login.microsoftonline.com'),
    allowed: 'an https URL',
    help: 'where that tenant signs in',
  },
  keyVaultKey: {
    value: z.string().refine(isKey).optional(),
    allowed: 'the URL of a key: https://{vault}.vault.azure.net/keys/{name}',
    help: 'RSA key that wraps a key of the service, made at the first start; instead of ENTRADA_SCIM_KEY',
  },
  firstConfiguration: { ...oneOf('made', 'none'), help: 'whether the first start makes a provisioning configuration' },
  logLevel: {
    ...oneOf('info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent'),
    help: 'logs are JSON lines on standard error',
  },
  metricsToken: { ...secret(16), help: 'a credential for /metrics alone, which the admin token opens too' },
  metricsTenants: {
    value: z
      .string()
      .transform((names) => names.split(/[\s,]+/).filter(Boolean))
      .pipe(z.array(z.string().regex(tenantName)).max(100))
      .default([]),
    allowed: 'up to 100 names of tenants, with commas between',
    help: 'tenants that have licence metrics of their own',
  },
  requestsPerSecond: {
    ...optionalInteger(1, 1_000_000),
    help: 'SCIM requests of one tenant at one replica; no limit by default',
  },
  burst: { ...optionalInteger(1, 1_000_000), help: 'requests it may be ahead by; four seconds of them by default' },
  maxInFlight: { ...integer(1, 100_000, 1_000), help: 'requests worked on at a time; more are 503' },
  maxEventLoopDelay: {
    ...integer(10, 60_000, 1_000),
    help: 'milliseconds the service may lag before requests are 503',
  },
  maxConnections: { ...integer(1, 100_000, 5_000), help: 'connections open at a time; more are closed' },
  requestTimeout: { ...integer(1, 3_600, 30), help: 'seconds a client may take to send a request' },
  drainSeconds: {
    ...integer(0, 600, 0),
    help: 'seconds between SIGTERM, when /readyz fails, and taking no more requests',
  },
  auditDays: { ...integer(1, 36_500, 400), help: 'days the audit trail is kept' },
  shutdownSeconds: { ...integer(1, 600, 10), help: 'seconds requests then have to end' },
} satisfies Record<string, Setting>

/** As read, with what is usual where nothing was set. */
export type Settings = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]['value']> }

/** What cannot be set together, or not one without the other: a reason for each. */
export function contradictions(given: Settings): string[] {
  const { identity, entraTenant, entraClientId, keyVaultKey, key, adminToken, database } = given
  const entra = entraTenant ?? entraClientId
  return [
    (entraTenant === undefined) !== (entraClientId === undefined) &&
      `${variableOf('entraTenant')} and ${variableOf('entraClientId')} are set together or not at all`,
    entra &&
      !identity &&
      `${variableOf('entraClientId')} needs ${variableOf('identity')}, by which the service proves that it is that application`,
    entra &&
      !adminToken &&
      !key &&
      !keyVaultKey &&
      `${variableOf('entraClientId')} without ${variableOf('adminToken')} needs a key for sessions and tokens: ${variableOf('keyVaultKey')} or ${variableOf('key')}`,
    keyVaultKey &&
      !identity &&
      `${variableOf('keyVaultKey')} needs ${variableOf('identity')}, as whom the service signs in at the vault`,
    keyVaultKey &&
      key &&
      `${variableOf('keyVaultKey')} and ${variableOf('key')} are two keys for one purpose: set one of them`,
    identity &&
      database &&
      takesToken(database) &&
      !isPrivate(database) &&
      `${variableOf('database')} must end in ?sslmode=verify-full, since ${variableOf('identity')} sends a token there`,
  ].filter((problem) => typeof problem === 'string')
}

/** The managed identity's token stands where a URL has no password. */
export const takesToken = (url: string): boolean => {
  const { password, searchParams } = new URL(url)
  return password === '' && !searchParams.has('password')
}

/** Nobody else can be at the other end: it is verified, or this machine. */
function isPrivate(url: string): boolean {
  const { hostname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname
  return (
    searchParams.get('sslmode') === 'verify-full' ||
    host.startsWith('/') ||
    ['', 'localhost', '127.0.0.1', '[::1]'].includes(host)
  )
}
