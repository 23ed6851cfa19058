import { parseArgs } from 'node:util'
import { templateSchema } from '../sync/defaults/templates.ts'
import { createProvisioning } from './provisioning/service.ts'
import { type Sandbox, type SandboxAddress, startSandbox } from './sandbox.ts'

const HELP = `An Entra ID tenant on this machine: sign-in, Microsoft Graph and a provisioning service.

  node sandbox/main.ts [options]

  --users N     people in the generated directory (200)
  --tenants N   tenants, each with a directory of its own (1)
  --seed TEXT   another seed makes another company (entrada)
  --port N      port on 127.0.0.1 (0: a free one)
  --data DIR    keep the state in this folder (in memory only)
  --smtp H:P    mail server that takes notifications (none are sent)
  --json        print one line of JSON once ready
  --help        this text
`

const MOST_TENANTS = 1000

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string' },
      tenants: { type: 'string' },
      smtp: { type: 'string' },
      seed: { type: 'string' },
      port: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const sandbox = await startSandbox({
    users: toNumber('users', values.users),
    port: toNumber('port', values.port, 65_535),
    tenants: toNumber('tenants', values.tenants, MOST_TENANTS),
    smtp: values.smtp,
    seed: values.seed,
    data: values.data,
    templateSchema,
    createProvisioning,
  })
  closeOnRequest(sandbox)
  process.stdout.write(values.json ? `${JSON.stringify(sandbox.address)}\n` : greeting(sandbox.address))
}

function toNumber(name: string, value: string | undefined, limit = Number.MAX_SAFE_INTEGER): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value)) throw new Error(`--${name} "${value}" is not a whole number.`)
  if (Number(value) > limit) throw new Error(`--${name} ${value} is too large: at most ${limit}.`)
  return Number(value)
}

function greeting(address: SandboxAddress): string {
  return `The sandbox tenant is ready. Its page: ${address.portal}

  export ARM_TENANT_ID=${address.tenantId}
  export ARM_CLIENT_ID=${address.clientId}
  export ARM_CLIENT_SECRET=${address.clientSecret}
  export ARM_METADATA_HOSTNAME=${address.metadataHost}
  export SSL_CERT_FILE=${address.caFile}
  export NODE_EXTRA_CA_CERTS=${address.caFile}

Ctrl-C ends it.
`
}

/** Ends with a signal, and with the process that started it where that asked for it by holding standard input. */
function closeOnRequest(sandbox: Sandbox): void {
  let closing = false
  const close = () => {
    if (closing) return
    closing = true
    sandbox.close().then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  if (process.env.ENTRADA_EXIT_WITH_PARENT === '1') process.stdin.resume().on('end', close).on('error', close)
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

main().catch(fail)
