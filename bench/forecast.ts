import { spawn } from 'node:child_process'
import { createProvisioning } from '../sandbox/provisioning/service.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { templateSchema } from '../sync/defaults/templates.ts'
import type { ForecastScale } from './forecast/measure.ts'
import { startTarget } from './forecast/target.ts'
import { seconds } from './measure.ts'

const SIZES = [10_000, 100_000]
const PROGRAM = new URL('./forecast/measure.ts', import.meta.url).pathname

/** A forecast of everybody, by size of the company: before anything is turned on, and with everybody at the target. */
export async function forecast(): Promise<string[]> {
  const lines = []
  for (const users of SIZES) {
    const sandbox = await startSandbox({ users, createProvisioning, templateSchema })
    for (const atTarget of [0, users]) {
      const target = await startTarget(atTarget)
      const scale = await measured({
        ARM_TENANT_ID: sandbox.address.tenantId,
        ARM_CLIENT_ID: sandbox.address.clientId,
        ARM_CLIENT_SECRET: sandbox.address.clientSecret,
        ARM_METADATA_HOSTNAME: sandbox.address.metadataHost,
        NODE_EXTRA_CA_CERTS: sandbox.address.caFile,
        BENCH_TARGET: target.url,
      })
      await target.close()
      lines.push(
        `${users} users, ${atTarget} at the target: ${seconds(scale.firstMs)} (${scale.cpuSeconds.toFixed(1)} s of the processor), again ${seconds(scale.againMs)}, ${scale.mebibytes} MiB; ${scale.created} to be created`,
      )
    }
    await sandbox.close()
  }
  return lines
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
