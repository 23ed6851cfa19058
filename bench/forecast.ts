import { spawn } from 'node:child_process'
import { trustSandbox } from '../cli/local/trust.ts'
import { setUp } from '../cli/stack/fleet.testing.ts'
import { createProvisioning, type Provisioning } from '../sandbox/provisioning/service.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import type { Tenant } from '../sandbox/tenant/tenant.ts'
import { templateSchema } from '../sync/defaults/templates.ts'
import type { ForecastScale } from './forecast/measure.ts'
import { startTarget } from './forecast/target.ts'
import { seconds } from './measure.ts'

const SIZES = (process.env.USERS ?? '10000,100000').split(',').map(Number)
const PROGRAM = new URL('./forecast/measure.ts', import.meta.url).pathname

/** Of a job that has run: who was renamed, and who is in deleted items, since its last cycle. */
const CHANGES = 100

/**
 * A forecast of everybody, by size of the company: before anything is turned on, with everybody at the target, and of a job
 * that manages all of them, with groups, a provisioning log and deleted items. `USERS=10000` measures one size.
 */
export async function forecast(): Promise<string[]> {
  const lines = []
  for (const users of SIZES) {
    let parts: { store: Tenant; provisioning: Provisioning } | undefined
    const sandbox = await startSandbox({
      users,
      templateSchema,
      createProvisioning(given) {
        const provisioning = createProvisioning(given)
        parts = { store: given.store, provisioning }
        return provisioning
      },
    })
    const env = {
      ARM_TENANT_ID: sandbox.address.tenantId,
      ARM_CLIENT_ID: sandbox.address.clientId,
      ARM_CLIENT_SECRET: sandbox.address.clientSecret,
      ARM_METADATA_HOSTNAME: sandbox.address.metadataHost,
      NODE_EXTRA_CA_CERTS: sandbox.address.caFile,
    }
    for (const atTarget of [0, users]) {
      const target = await startTarget(atTarget)
      const scale = await measured({ ...env, BENCH_TARGET: target.url })
      await target.close()
      lines.push(`${users} users, ${atTarget} at the target: ${shown(scale)}; ${scale.created} to be created`)
    }
    const target = await startTarget(0)
    trustSandbox(sandbox.address.caFile)
    const entries = await run(parts!, { env, url: target.url })
    const scale = await measured({ ...env, BENCH_TARGET: target.url })
    await target.close()
    lines.push(
      `${users} users, a job that has run, ${entries} entries in its log: ${shown(scale)}; ${scale.updated} to be changed, ${scale.disabled} disabled, ${scale.unchanged} unchanged`,
    )
    await sandbox.close()
  }
  return lines
}

const shown = ({ firstMs, againMs, cpuSeconds, mebibytes }: ForecastScale) =>
  `${seconds(firstMs)} (${cpuSeconds.toFixed(1)} s of the processor), again ${seconds(againMs)}, ${mebibytes} MiB`

/** Sets a job up, runs its first cycle, and changes some people afterwards. @returns how many entries its log has */
async function run(
  { store, provisioning }: { store: Tenant; provisioning: Provisioning },
  { env, url }: { env: Record<string, string>; url: string },
): Promise<number> {
  await setUp({ name: 'M-Files', env }, env.ARM_TENANT_ID!)
  const job = [...store.jobs.values()].at(-1)!
  store.secrets.put(job.servicePrincipalId, { BaseAddress: url, SecretToken: 'token', SyncAll: 'true' })
  const cycle = await provisioning.runCycle(job.id)
  if (cycle.state !== 'Succeeded') throw new Error(`the first cycle did not succeed: ${JSON.stringify(cycle)}`)
  const active = [...store.users.values()].filter((user) => user.accountEnabled && user.deletedDateTime === null)
  for (const user of active.slice(0, CHANGES))
    store.users.put(user.id, { ...user, displayName: `${user.displayName} (new)` })
  const deletedDateTime = new Date().toISOString()
  for (const user of active.slice(CHANGES, 2 * CHANGES)) store.users.put(user.id, { ...user, deletedDateTime })
  return store.log.size
}

/** In a process of its own, so that its memory and its time are its own. */
function measured(env: Record<string, string>): Promise<ForecastScale> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`the forecast ended with exit code ${code}`)),
    )
  })
}
