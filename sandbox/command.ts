import { templateSchema } from '../sync/defaults/templates.ts'
import { HELP, readCommand } from './options.ts'
import { createProvisioning } from './provisioning/service.ts'
import { type Sandbox, type SandboxAddress, startSandbox } from './sandbox.ts'

async function main(): Promise<void> {
  const { help, json, options } = readCommand(process.argv.slice(2))
  if (help) {
    process.stdout.write(HELP)
    return
  }
  const sandbox = await startSandbox({ ...options, templateSchema, createProvisioning })
  closeOnRequest(sandbox)
  process.stdout.write(json ? `${JSON.stringify(sandbox.address)}\n` : greeting(sandbox.address))
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
