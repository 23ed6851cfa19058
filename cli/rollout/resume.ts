/** What is left to do, from the journal of an earlier run. */
import type { JobFacts } from './jobFacts.ts'
import type { Entry } from './journal.ts'
import { isDone, type TenantResult } from './result.ts'

export type Decision =
  /** `after`: an update was under way, the tenant may have been changed. */
  | { do: 'all'; after?: 'update' }
  /** All is written, the gate is left. */
  | { do: 'gate'; result: TenantResult; facts: JobFacts | undefined }
  | { do: 'nothing'; result: TenantResult }

/** @param hash of the files that the stack is made from, now */
export function decide(entries: readonly Entry[], stack: string, hash: string): Decision {
  const last = entries.findLast((entry) => entry.kind !== 'begin' && stackOf(entry) === stack)
  const updated = entries.findLast((entry) => entry.kind === 'updated' && entry.result.stack === stack)
  if (last?.kind === 'updating') return { do: 'all', after: 'update' }
  if (!last || !('hash' in last) || last.hash !== hash) return { do: 'all' }
  if (last.kind === 'updated') return { do: 'gate', result: last.result, facts: last.facts }
  if (last.kind !== 'result') return { do: 'all' }
  if (isDone(last.result)) return { do: 'nothing', result: last.result }
  const { step } = last.result
  if (step === 'gate' && updated?.kind === 'updated' && updated.hash === hash) {
    return { do: 'gate', result: updated.result, facts: updated.facts }
  }
  return step === 'update' ? { do: 'all', after: 'update' } : { do: 'all' }
}

function stackOf(entry: Entry): string | undefined {
  if (entry.kind === 'updating') return entry.stack
  return entry.kind === 'updated' || entry.kind === 'result' ? entry.result.stack : undefined
}

/** Whether there is something to go on with: it was killed, interrupted or stopped, or a tenant failed. */
export function isComplete(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({ kind }) => kind === 'end' || kind === 'begin' || kind === 'resume')
  return last?.kind === 'end' && last.complete
}

export function stacksOf(entries: readonly Entry[]): string[] {
  const begin = entries.find(({ kind }) => kind === 'begin')
  return begin?.kind === 'begin' ? begin.stacks : []
}

/** The last result of each stack. */
export function resultsOf(entries: readonly Entry[]): Map<string, TenantResult> {
  const results = new Map<string, TenantResult>()
  for (const entry of entries) if (entry.kind === 'result') results.set(entry.result.stack, entry.result)
  return results
}

export const isApproved = (entries: readonly Entry[], ring: string): boolean =>
  entries.some((entry) => entry.kind === 'approved' && entry.ring === ring)
