import { parseArgs } from 'node:util'

export interface Options {
  host: string
  port: number
  data: string
  databaseUrl?: string
  json: boolean
  tenant: string
  help: boolean
}

export class UsageError extends Error {}

export const usage = `Usage: node main.ts [options]

  --port N         port to listen on; 0 for any free one (default 8080)
  --host ADDRESS   address to listen on (default 127.0.0.1)
  --data DIR       directory of the embedded database and the admin token (default .entrada/scim-alone)
  --database URL   PostgreSQL instead of the embedded database: postgres://user@host/name
  --tenant NAME    tenant made at the first start (default "default")
  --json           print one JSON line once the service is ready
  --help           print this

Environment: ENTRADA_SCIM_ADMIN_TOKEN, ENTRADA_SCIM_PUBLIC_URL, ENTRADA_SCIM_FIRST_CONFIGURATION, ENTRADA_SCIM_LOG_LEVEL`

/** Throws `UsageError` for an unknown option or a value that is not allowed. */
export function readOptions(args: string[]): Options {
  const values = parse(args)
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new UsageError(`--port must be a number from 0 to 65535; it was ${JSON.stringify(values.port)}`)
  }
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(values.tenant) || ['api', 'admin'].includes(values.tenant)) {
    throw new UsageError(`--tenant must be small letters, digits and hyphens; it was ${JSON.stringify(values.tenant)}`)
  }
  if (values.database !== undefined && !/^postgres(ql)?:\/\//.test(values.database)) {
    throw new UsageError('--database must be a URL that begins with postgres://')
  }
  const { host, data, database: databaseUrl, json, tenant, help } = values
  return { host, port, data, databaseUrl, json, tenant, help }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: '.entrada/scim-alone' },
        database: { type: 'string' },
        tenant: { type: 'string', default: 'default' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}
