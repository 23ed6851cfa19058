import { FARTHEST_SECONDS } from '../clock.ts'
import { nextRun } from '../provisioning/schedule.ts'
import type { SandboxParts } from '../sandbox.ts'
import { BadControl } from './bad.ts'
import { keep } from './state.ts'

const LEAST_STEP_MS = 1000

export const clock = (parts: SandboxParts) => ({
  now: new Date(parts.clock.now()).toISOString(),
  offsetSeconds: parts.clock.offsetSeconds,
})

/** Moves the clock of all tenants ahead; the cycles that fall due on the way are run, each at its time. */
export async function advance(parts: SandboxParts, seconds: unknown) {
  if (typeof seconds !== 'number' || !(seconds >= 0)) {
    throw new BadControl(
      `advanceSeconds is ${JSON.stringify(seconds)}: a number, 0 or more. The clock does not go back.`,
    )
  }
  const left = Math.floor(FARTHEST_SECONDS - parts.clock.offsetSeconds)
  if (seconds > left) {
    throw new BadControl(
      `advanceSeconds is ${seconds}: ${left} at most. The clock runs up to ${FARTHEST_SECONDS} s ahead of real time, and is ${parts.clock.offsetSeconds} s ahead.`,
    )
  }
  // Real time passes meanwhile: the offset alone tells how far the clock has been moved.
  const offset = parts.clock.offsetSeconds + seconds
  const cycles = await runDueCycles(parts, parts.clock.now() + seconds * 1000)
  parts.clock.advance(offset - parts.clock.offsetSeconds)
  keep(parts.tenants.first.parts, { clockOffsetSeconds: parts.clock.offsetSeconds })
  return { ...clock(parts), cycles }
}

/** @returns how many were run */
async function runDueCycles(parts: SandboxParts, until: number): Promise<number> {
  /** Jobs that want their next cycle at once again: they would keep the clock from advancing. */
  const stuck = new Set<string>()
  let cycles = 0
  for (;;) {
    const next = earliest(parts, stuck)
    if (!next || next.at > until) return cycles
    moveTo(parts, next.at)
    const ended = await next.owner.provisioning.runCycle(next.jobId).catch(() => null)
    if (ended) cycles += 1
    const job = next.owner.tenant.jobs.get(next.jobId)
    if (job && nextRun(job) < next.at + LEAST_STEP_MS) stuck.add(next.jobId)
  }
}

function earliest({ tenants }: SandboxParts, without: ReadonlySet<string>) {
  const due = tenants
    .list()
    .flatMap(({ parts: owner }) =>
      Array.from(owner.tenant.jobs.values(), (job) => ({ owner, jobId: job.id, at: nextRun(job) })),
    )
  return due.filter(({ jobId }) => !without.has(jobId)).sort((a, b) => a.at - b.at)[0]
}

function moveTo({ clock: moved }: SandboxParts, time: number): void {
  const seconds = (time - moved.now()) / 1000
  if (seconds > 0) moved.advance(seconds)
}
