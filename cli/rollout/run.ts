/** Ring by ring: each tenant through its steps and gates, everything in the journal before it goes on. */
import type { Verdict } from './gate.ts'
import { type Journal, JournalError } from './journal.ts'
import type { PlannedRing } from './plan.ts'
import { blankResult, isDone, type Step, type TenantResult } from './result.ts'
import type { Decision } from './resume.ts'
import type { Slots } from './slots.ts'
import type { Applied, Follower } from './tenant.ts'

export interface RunOptions {
  steps: Steps
  /** Only look: rings wait for nothing. */
  preview: boolean
  /** Begin no other tenant. */
  signal: AbortSignal
  slots: Slots
  /** Absent where nothing is written. */
  journal?: Journal | undefined
  hashOf(stack: string): string
  decide(stack: string): Decision
  /** @param hashes of what is left of it, by stack */
  isApproved(ring: string, hashes: Readonly<Record<string, string>>): boolean
  /** Asks a person; says who said yes, or why not. */
  approve(ring: PlannedRing): Promise<{ by: string } | { refused: string }>
  watch: Watch
}

/** What is done to one tenant. */
export interface Steps {
  /**
   * All up to the gate, told in `result`; undefined when it ended there.
   * @param again an earlier run may have changed the tenant already
   */
  apply(result: TenantResult, ring: PlannedRing, follower: Follower, again: boolean): Promise<Applied | undefined>
  /** A tenant that was updated in an earlier run, for its gate. */
  reopen(stack: string, facts: Applied['facts'], since: number): Applied
  gate(applied: Applied, ring: PlannedRing): Promise<Verdict>
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
  { signal, preview, isApproved, approve, decide, hashOf, journal }: RunOptions,
): Promise<string> {
  if (signal.aborted) return INTERRUPTED
  const left = ring.stacks.filter((stack) => decide(stack).do !== 'nothing')
  const hashes = Object.fromEntries(left.map((stack) => [stack, hashOf(stack)]))
  if (!ring.approve || preview || left.length === 0 || isApproved(ring.name, hashes)) return ''
  const answer = await approve(ring)
  if ('refused' in answer) return answer.refused
  journal?.write({ kind: 'approved', ring: ring.name, by: answer.by, hashes })
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
  const begun: TenantResult[] = []
  let broken: JournalError | undefined
  const turn: Turn = {
    mayBegin: () => !options.signal.aborted && !broken && (options.preview || failures(begun) < ring.failBudget),
    begins: (result) => begun.push(result),
    breaks: (error) => (broken ??= error),
  }
  const results = await Promise.all(
    ring.stacks.map(async (stack) => {
      const decision = options.decide(stack)
      const result =
        decision.do === 'nothing'
          ? doneEarlier(decision.result, ring)
          : await runTenant(stack, ring, decision, options, turn)
      options.watch.ended(result)
      return result
    }),
  )
  return { results, broken }
}

interface Turn {
  mayBegin(): boolean
  /** Its outcome counts as soon as it is known. */
  begins(result: TenantResult): void
  /** The journal cannot be written any more. */
  breaks(error: JournalError): void
}

async function runTenant(
  stack: string,
  ring: PlannedRing,
  decision: Exclude<Decision, { do: 'nothing' }>,
  { journal, slots, watch, steps, signal, hashOf }: RunOptions,
  { mayBegin, begins, breaks }: Turn,
): Promise<TenantResult> {
  const hash = hashOf(stack)
  const result = decision.do === 'gate' ? { ...decision.result, ring: ring.name } : blankResult(stack, ring.name)
  /** What is done is done, written down or not. */
  const record = (entry: Parameters<Journal['write']>[0]) => {
    try {
      journal?.write(entry)
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      breaks(error)
      result.warnings.push(error.message)
    }
  }
  const follower: Follower = {
    step: (step) => watch.step(stack, step),
    says: (text) => watch.says(stack, text),
    updating: () => journal?.write({ kind: 'updating', stack, hash }),
  }
  const fail = (error: Error) => {
    if (error instanceof JournalError) breaks(error)
    Object.assign(result, { outcome: 'failed', errors: [error.message] })
  }
  let begun = 0
  /** How it ended stands in `result` before the next one has the slot. */
  const apply = async (): Promise<Applied | undefined> => {
    if (!mayBegin()) return undefined
    begins(result)
    begun = Date.now()
    result.began = new Date(begun).toISOString()
    try {
      if (decision.do === 'gate') return steps.reopen(stack, decision.facts, decision.since)
      const applied = await steps.apply(result, ring, follower, decision.after === 'update')
      if (applied?.since !== undefined)
        record({ kind: 'updated', hash, result, facts: applied.facts, since: applied.since })
      return applied
    } catch (error) {
      fail(error as Error)
      return undefined
    }
  }
  const applied = await slots.use(apply)
  if (applied) {
    result.step = 'gate'
    watch.step(stack, 'gate')
    await steps.gate(applied, ring).then(({ passed, says }) => {
      result.health = says
      if (!passed) Object.assign(result, { outcome: 'refused', errors: [says] })
    }, fail)
  }
  if (begun === 0) return result
  if (signal.aborted && !isDone(result)) result.outcome = 'interrupted'
  result.seconds = Math.round((Date.now() - begun) / 100) / 10
  record({ kind: 'result', hash, result })
  return result
}

const doneEarlier = (result: TenantResult, ring: PlannedRing): TenantResult => ({
  ...result,
  ring: ring.name,
  earlier: true,
})

function notStarted(stack: string, ring: PlannedRing, { decide, watch }: RunOptions): TenantResult {
  const decision = decide(stack)
  const result = decision.do === 'nothing' ? doneEarlier(decision.result, ring) : blankResult(stack, ring.name)
  watch.ended(result)
  return result
}
