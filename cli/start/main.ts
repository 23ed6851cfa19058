/** `npm start`: from a fresh clone to provisioned people, and again without changes. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Stack, UpResult } from '@pulumi/pulumi/automation/index.js'
import { ensureEngine } from '../../tools/setup/engine.ts'
import { describe } from '../engine/progress.ts'
import { localFolder, STACK } from '../local/folder.ts'
import { alone } from '../local/run.ts'
import { type Services, startServices } from '../local/services.ts'
import { openLocalStack } from '../local/stack.ts'
import { trustSandbox } from '../local/trust.ts'
import { latestCycle, targetCounts } from './control.ts'
import { formatReport, type Report } from './report.ts'

const HELP = `npm start [-- options]

Runs the whole of Entrada on this machine: an Entra tenant in a box, the bundled SCIM service, and a real
Pulumi update of the stack 'local' (stacks/Pulumi.local.yaml). Run it again after a change of that file.

  --json       print one JSON document as the last line, and end
  --users N    size of the tenant's directory when it is first made (200)
  --once       end instead of serving until Ctrl-C
  --help       this text

'npm run pulumi -- preview' and other Pulumi commands work on the same stack while this runs.
'npm run clean' destroys the stack and removes .entrada.`

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    users: { type: 'string', default: '200' },
    once: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const began = Date.now()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort(signal))

if (values.help) console.log(HELP)
else {
  process.exitCode = await main().catch((error: Error) => {
    say(
      interrupted.signal.aborted
        ? 'interrupted; the next npm start goes on from here'
        : `npm start failed: ${error.message}`,
    )
    return interrupted.signal.aborted ? 130 : 1
  })
  process.exit()
}

async function main(): Promise<number> {
  const users = Number(values.users)
  if (!Number.isInteger(users) || users < 1)
    throw new Error(`--users is '${values.users}': give a whole number from 1 on`)
  const folder = localFolder()
  const engine = await ensureEngine()
  return alone(folder, async () => {
    say('starting the Entra tenant in a box and the SCIM service …')
    const services = await startServices(folder, { users, say })
    try {
      trustSandbox(services.sandbox.caFile)
      say(`updating the stack '${STACK}' …`)
      const stack = await openLocalStack(folder, engine.command, services)
      const report = await Promise.race([bringUp(stack, services), services.failed])
      if (values.json) console.log(JSON.stringify(report))
      else {
        const pages = {
          portal: services.sandbox.portal,
          admin: services.scim.adminUrl,
          adminTokenFile: path.relative(process.cwd(), path.join(folder.path, 'scim-admin-token')),
        }
        console.log(formatReport(report, pages))
        if (process.stdout.isTTY && !values.once) await serve(services)
      }
      return 0
    } finally {
      await services.stop()
    }
  })
}

async function bringUp(stack: Stack, services: Services): Promise<Report> {
  const beganUp = Date.now()
  const result = await update(stack)
  const up = secondsSince(beganUp)
  const outputs = result.outputs as unknown as { [key: string]: { value: unknown } }
  const application = outputs.application?.value as Report['application']
  const job = outputs.job?.value as Report['job']
  const target = outputs.target?.value as { tenantUrl: string }
  const { began: _, ...cycle } = await latestCycle(services, job.id, began)
  const { create = 0, update: updated = 0, delete: deleted = 0, same = 0 } = result.summary.resourceChanges ?? {}
  const { users, groups, licensed, waiting } = await targetCounts(services)
  return {
    stack: STACK,
    pulumi: { create, update: updated, delete: deleted, same },
    application: {
      displayName: application.displayName,
      applicationId: application.applicationId,
      servicePrincipalId: application.servicePrincipalId,
    },
    job: { id: job.id, templateId: job.templateId, status: job.status, quarantine: job.quarantine ?? null },
    cycle: { kind: cycle.kind, state: cycle.state, users: cycle.users, groups: cycle.groups, seconds: cycle.seconds },
    target: { tenantUrl: target.tenantUrl, adminUrl: services.scim.adminUrl, users, groups, licensed, waiting },
    seconds: { total: secondsSince(began), up },
  }
}

async function update(stack: Stack): Promise<UpResult> {
  const errors: string[] = []
  let last: string | undefined
  const onEvent: NonNullable<Parameters<Stack['up']>[0]>['onEvent'] = (event) => {
    const line = describe(event)
    if (line && line !== last) say(line)
    last = line ?? last
    if (event.diagnosticEvent?.severity === 'error') errors.push(line ?? '')
  }
  // On a terminal Ctrl-C reaches the engine by itself, and a second signal would end it without cleaning up.
  const signal = process.stdin.isTTY ? undefined : interrupted.signal
  return stack.up({ onEvent, signal, color: 'never' }).catch((error: Error) => {
    throw errors.length > 0 ? new Error('the update did not succeed; see above') : error
  })
}

async function serve(services: Services): Promise<void> {
  say('serving until Ctrl-C …')
  const stopped = new Promise<void>((resolve) => {
    interrupted.signal.addEventListener('abort', () => resolve())
    if (interrupted.signal.aborted) resolve()
  })
  await Promise.race([stopped, services.failed])
}

function secondsSince(time: number): number {
  return Math.round((Date.now() - time) / 100) / 10
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
