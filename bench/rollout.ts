import { appendFileSync } from 'node:fs'
import path from 'node:path'
import { writeProject } from '../cli/engine/project.ts'
import { type Fleet, startFleet } from '../tests/e2e/fleetHarness.ts'
import { type Outcome, run } from '../tests/e2e/harness.ts'
import { processes, read, time } from './measure.ts'

/** `TENANTS=10 npm run bench -- rollout` is quicker. */
const TENANTS = Number(process.env.TENANTS ?? 100)
const PARALLEL = Number(process.env.PARALLEL ?? 16)

/**
 * `entrada rollout` over many tenants, beside a loop of `pulumi up` over as many others of the same sandbox: new ones and
 * unchanged ones, at no and at 100 ms for each Graph call. Gates wait for no cycle, as the loop does not.
 */
export async function rollout(): Promise<string[]> {
  const lines = [`${TENANTS} tenants, ${PARALLEL} engines at a time`]
  for (const latencyMs of [0, 100]) {
    const names = [...Array(2 * TENANTS).keys()].map((index) => `${index < TENANTS ? 'ours' : 'loop'}${index}`)
    const fleet = await startFleet(names)
    try {
      await fleet.control('/settings', 'POST', { latencyMs })
      const loop = names.slice(TENANTS)
      for (const kind of ['new', 'unchanged'] as const) {
        const peer = await measured(fleet, () => updateEach(fleet, loop, kind))
        const ours = await measured(fleet, () => updateAll(fleet, ['ours*']))
        const ratio = (peer.milliseconds / ours.milliseconds).toFixed(1)
        lines.push(`${kind} at ${latencyMs} ms a call: ${shown(ours)}; the loop ${shown(peer)}; ${ratio} times as fast`)
        if (kind === 'new') continue
        const quarter = names.slice(0, Math.ceil(TENANTS / 4))
        const { memory } = await measured(fleet, () => updateAll(fleet, quarter))
        lines.push(
          `  as many engines over ${quarter.length} tenants: ${memory} MiB; over ${TENANTS}: ${ours.memory} MiB`,
        )
      }
    } finally {
      await fleet.stop()
    }
  }
  return lines
}

interface Measured {
  milliseconds: number
  /** MiB of all processes at their highest together. */
  memory: number
}

const shown = ({ milliseconds, memory }: Measured) =>
  `${((TENANTS * 60_000) / milliseconds).toFixed(0)} tenants a minute, ${memory} MiB`

async function updateAll(fleet: Fleet, stacks: readonly string[]): Promise<void> {
  succeed(await fleet.rollout(...stacks, '--fresh', '--cycle-wait', '0s', '--parallel', String(PARALLEL)))
}

/** As a script would do it: one after the other, with language host, program and provider as processes. */
async function updateEach(fleet: Fleet, stacks: readonly string[], kind: 'new' | 'unchanged'): Promise<void> {
  const folder = path.join(fleet.folder.path, 'loop')
  writeProject(folder)
  appendFileSync(path.join(folder, 'Pulumi.yaml'), 'stackConfigDir: ../stacks\n')
  for (const stack of stacks) {
    const { tenantId, clientId, clientSecret } = fleet.tenants.find((tenant) => tenant.stack === stack)!
    const env = { ...fleet.env, ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: clientSecret }
    const pulumi = async (...args: string[]) =>
      succeed(await run(fleet.engine, [...args, '--stack', stack, '--non-interactive'], folder, env))
    if (kind === 'new') await pulumi('stack', 'init')
    await pulumi('up', '--yes')
  }
}

function succeed({ code, text }: Outcome): void {
  if (code !== 0) throw new Error(text)
}

async function measured({ services }: Fleet, work: () => Promise<void>): Promise<Measured> {
  let memory = 0
  const sample = () => {
    memory = Math.max(memory, residentOf(process.pid, [services.pids.sandbox, services.pids.scim]))
  }
  const timer = setInterval(sample, 100)
  try {
    const milliseconds = await time(work)
    return { milliseconds, memory }
  } finally {
    clearInterval(timer)
  }
}

/** Resident memory, MiB, of the processes below `root` but for some; 0 without /proc. */
function residentOf(root: number, without: readonly number[]): number {
  const found = new Map<number, { parent: number; mebibytes: number }>()
  for (const name of processes()) {
    const status = read(`/proc/${name}/status`)
    const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    found.set(Number(name), { parent: number('PPid'), mebibytes: number('VmRSS') / 1024 })
  }
  const below = (pid: number): boolean => {
    const { parent } = found.get(pid) ?? {}
    return parent !== undefined && !without.includes(pid) && (parent === root || below(parent))
  }
  const sum = [...found].reduce((total, [pid, { mebibytes }]) => total + (below(pid) ? mebibytes : 0), 0)
  return Math.round(sum)
}
