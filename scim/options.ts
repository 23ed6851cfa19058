import { parseArgs } from 'node:util'
import { z } from 'zod'

/** What was asked for cannot be done; the message says all that is wrong. */
export class UsageError extends Error {}

interface Setting {
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

/** Also the first part of paths, so none of the service's own. */
const tenantName = /^(?!(?:api|admin|healthz|readyz|metrics)$)[a-z0-9][a-z0-9-]{0,62}$/

/** The environment variable of each is its name in capitals behind ENTRADA_SCIM_. */
const settings = {
  port: { ...integer(0, 65_535, 8080), flag: 'N', help: 'port to listen on; 0 for any free one' },
  host: { ...text('127.0.0.1'), flag: 'ADDRESS', help: 'address to listen on' },
  data: { ...text('.entrada/scim-alone'), flag: 'DIR', help: 'directory of the embedded database and the admin token' },
  database: {
    value: z
      .string()
      .regex(/^postgres(ql)?:\/\/./)
      .optional(),
    allowed: 'a URL: postgres://user@host/name',
    flag: 'URL',
    help: 'PostgreSQL instead of the embedded database',
    secret: true,
  },
  tenant: {
    value: z.string().regex(tenantName).default('default'),
    allowed: "up to 63 small letters, digits and hyphens, and none of the service's own paths",
    flag: 'NAME',
    help: 'tenant made at the first start',
  },
  publicUrl: {
    value: z.url({ protocol: /^https?$/ }).optional(),
    allowed: 'an http or https URL',
    help: 'where clients reach the service, if behind a proxy',
  },
  trustProxy: {
    value: z
      .string()
      .regex(/^(\d{1,2}|[\da-f.:/, ]{3,})$/i)
      .transform((given) => (/^\d{1,2}$/.test(given) ? Number(given) : given))
      .optional(),
    allowed: 'the number of proxies before the service, or their addresses',
    help: 'whose X-Forwarded-For is believed; nobody is by default',
  },
  adminToken: {
    ...secret(16),
    help: 'credential of /api and /admin; made and written to the data directory otherwise',
  },
  key: { ...secret(32), help: 'encrypts the signing keys, signs cursors and sessions; the admin token otherwise' },
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
  shutdownSeconds: { ...integer(1, 600, 10), help: 'seconds requests then have to end' },
} satisfies Record<string, Setting>

export type Settings = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]['value']> }
export type Options = Settings & { json: boolean; help: boolean }

type Given = { from: string; value: string }
const entries = Object.entries(settings) as [keyof Settings, Setting][]

export const variableOf = (name: string): string => `ENTRADA_SCIM_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`
export const variables = entries.map(([name]) => variableOf(name))

/** Flags before environment before what is usual; an empty variable is none. Throws `UsageError` with all that is wrong. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv = process.env): Options {
  const { json, help, ...flags } = parse(args)
  const problems: string[] = []
  const read = ([name, setting]: (typeof entries)[number]): [string, unknown] => {
    const given = givenValue(name, flags as Record<string, string>, environment)
    const result = setting.value.safeParse(given?.value)
    if (!result.success) problems.push(problemOf(setting, given!))
    return [name, result.data]
  }
  const values = Object.fromEntries(entries.map(read)) as Settings
  if (problems.length > 0 && !help) throw new UsageError(problems.join('\n'))
  return { ...values, json: json as boolean, help: help as boolean }
}

function givenValue(name: string, flags: Record<string, string>, environment: NodeJS.ProcessEnv): Given | undefined {
  if (flags[name] !== undefined) return { from: `--${name}`, value: flags[name] }
  const value = environment[variableOf(name)]
  return value ? { from: variableOf(name), value } : undefined
}

function problemOf(setting: Setting, given: Given): string {
  const was = setting.secret ? '' : `; it was ${JSON.stringify(given.value.slice(0, 100))}`
  return `${given.from} must be ${setting.allowed}${was}`
}

function parse(args: string[]) {
  const flags = Object.fromEntries(
    entries.filter(([, { flag }]) => flag).map(([name]) => [name, { type: 'string' as const }]),
  )
  const switches = {
    json: { type: 'boolean' as const, default: false },
    help: { type: 'boolean' as const, default: false },
  }
  try {
    return parseArgs({ args, options: { ...flags, ...switches } }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}. --help lists what there is`)
  }
}

function helpOf([, setting]: (typeof entries)[number]): string {
  const usual = setting.value.safeParse(undefined).data
  const isTold = usual !== undefined && !(Array.isArray(usual) && usual.length === 0)
  return `${setting.help} (${setting.allowed}${isTold ? `; ${usual} by default` : ''})`
}

const flagLines = entries
  .filter(([, { flag }]) => flag)
  .map((entry) => `  ${`--${entry[0]} ${entry[1].flag}`.padEnd(18)}${helpOf(entry)}`)
const variableLines = entries.map((entry) => `  ${variableOf(entry[0])}\n      ${helpOf(entry)}`)

export const usage = [
  'Usage: node main.ts [options]',
  '',
  ...flagLines,
  '  --json            print one JSON line once the service is ready',
  '  --help            print this',
  '',
  'Environment, for all that no option is given for:',
  '',
  ...variableLines,
  '  ENTRADA_EXIT_WITH_PARENT',
  '      1: end when standard input ends',
].join('\n')
