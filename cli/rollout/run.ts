/** Ring by ring: each tenant through its steps and gates, everything in the journal before it goes on. */
import { type Journal, JournalError } from './journal.ts'
import type { PlannedRing } from './plan.ts'
import { blankResult, isDone, type Step, type TenantResult } from './result.ts'
import type { Decision } from './resume.ts'
import type { Slots } from './slots.ts'
import { type Applied, applyTenant, type Follower, gateTenant, type TenantOptions } from './tenant.ts'

export interface RunOptions extends TenantOptions {
  slots: Slots
  /** Absent where nothing is written. */
  journal?: Journal | undefined
  hashOf(stack: string): string
  decide(stack: string): Decision
  isApproved(ring: string): boolean
  /** Asks a person; says who said yes, or why not. */
  approve(ring: PlannedRing): Promise<{ by: string } | { refused: string }>
  watch: Watch
}

/** Told as the rollout goes on. */
export interface Watch {
  ring(ring: PlannedRing): void
  step(stack: string, step: Step): void
  says(stack: string, text: string): void
  ended(result: TenantResult): void
  /** All of the ring have ended. */
  ringEnded(): Promise<void>
}

export interface Finished {
  results: TenantResult[]
  /** Why it went no further; '' where it did. */
  stopped: string
  /** What could not be written would be done twice. */
  broken?: JournalError
}

export async function runRings(rings: readonly PlannedRing[], options: RunOptions): Promise<Finished> {
  const results: TenantResult[] = []
  let stopped = ''
  let broken: JournalError | undefined
  for (const ring of rings) {
    if (!stopped) stopped = await mayBegin(ring, options)
    if (stopped) {
      results.push(...ring.stacks.map((stack) => notStarted(stack, ring, options)))
      continue
    }
    options.watch.ring(ring)
    const { results: own, broken: lost } = await runRing(ring, options)
    await options.watch.ringEnded()
    results.push(...own)
    broken = lost
    stopped = lost?.message ?? whyStop(ring, own, options)
  }
  return { results, stopped, ...(broken && { broken }) }
}

async function mayBegin(
  ring: PlannedRing,
  { signal, preview, isApproved, approve, decide, journal }: RunOptions,
): Promise<string> {
  if (signal.aborted) return INTERRUPTED
  const left = ring.stacks.some((stack) => decide(stack).do !== 'nothing')
  if (!ring.approve || preview || !left || isApproved(ring.name)) return ''
  const answer = await approve(ring)
  if ('refused' in answer) return answer.refused
  journal?.write({ kind: 'approved', ring: ring.name, by: answer.by })
  return ''
}

const INTERRUPTED = 'interrupted'

/** A gate's no is for all rings to come; a tenant's own trouble is so only once there is too much of it. */
export function whyStop(
  { name, failBudget }: PlannedRing,
  results: readonly TenantResult[],
  { signal, preview }: Pick<RunOptions, 'signal' | 'preview'>,
): string {
  if (signal.aborted) return INTERRUPTED
  if (preview) return ''
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  if (refused.length > 0) return `ring ${name}: a gate said no for ${refused.map(({ stack }) => stack).join(', ')}`
  const failed = failures(results)
  return failed >= failBudget ? `ring ${name}: ${failed} failed, and the failure budget is ${failBudget}` : ''
}

const failures = (results: readonly TenantResult[]): number =>
  results.filter(({ outcome }) => outcome === 'failed' || outcome === 'refused').length

async function runRing(
  ring: PlannedRing,
  options: RunOptions,
): Promise<{ results: TenantResult[]; broken: JournalError | undefined }> {
  const ended: TenantResult[] = []
  let broken: JournalError | undefined
  const mayGoOn = () => !options.signal.aborted && !broken && (options.preview || failures(ended) < ring.failBudget)
  const one = async (stack: string): Promise<TenantResult> => {
    const decision = options.decide(stack)
    if (decision.do === 'nothing') return { ...decision.result, ring: ring.name, earlier: true }
    try {
      return await runTenant(stack, ring, decision, options, mayGoOn)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      broken ??= error
      const { message } = error
      return { ...blankResult(stack, ring.name), outcome: 'failed', errors: [message] }
    }
  }
  await Promise.all(
    ring.stacks.map(async (stack) => {
      const result = await one(stack)
      ended.push(result)
      options.watch.ended(result)
    }),
  )
  return { results: ring.stacks.map((stack) => ended.find((result) => result.stack === stack)!), broken }
}

/** @throws JournalError; any other error is the result's */
async function runTenant(
  stack: string,
  ring: PlannedRing,
  decision: Exclude<Decision, { do: 'nothing' }>,
  options: RunOptions,
  mayGoOn: () => boolean,
): Promise<TenantResult> {
  const { journal, slots, watch } = options
  const hash = options.hashOf(stack)
  const result = decision.do === 'gate' ? { ...decision.result, ring: ring.name } : blankResult(stack, ring.name)
  let begun = 0
  const follower: Follower = {
    step: (step) => watch.step(stack, step),
    says: (text) => watch.says(stack, text),
    updating: () => journal?.write({ kind: 'updating', stack, hash }),
  }
  const end = () => {
    if (options.signal.aborted && begun > 0 && !isDone(result)) result.outcome = 'interrupted'
    result.seconds = begun === 0 ? 0 : Math.round((Date.now() - begun) / 100) / 10
    if (begun > 0) journal?.write({ kind: 'result', hash, result })
    return result
  }
  try {
    const applied = await slots.use(async (): Promise<Applied | undefined> => {
      if (!mayGoOn()) return undefined
      begun = Date.now()
      result.began = new Date(begun).toISOString()
      if (decision.do === 'gate') return { tenant: options.openTenant(stack), facts: decision.facts }
      return applyTenant(result, ring, options, follower)
    })
    if (!applied) return end()
    const changed = result.outcome === 'updated' || (decision.do === 'all' && decision.after === 'update')
    if (changed && decision.do === 'all') journal?.write({ kind: 'updated', hash, result, facts: applied.facts })
    result.step = 'gate'
    watch.step(stack, 'gate')
    const { passed, says } = await gateTenant(applied, ring, changed, options)
    result.health = says
    if (!passed) Object.assign(result, { outcome: 'refused', errors: [says] })
  } catch (error) {
    if (error instanceof JournalError) throw error
    result.outcome = 'failed'
    result.errors = [(error as Error).message]
  }
  return end()
}

function notStarted(stack: string, ring: PlannedRing, { decide, watch }: RunOptions): TenantResult {
  const decision = decide(stack)
  const result =
    decision.do === 'nothing' ? { ...decision.result, ring: ring.name, earlier: true } : blankResult(stack, ring.name)
  watch.ended(result)
  return result
}
