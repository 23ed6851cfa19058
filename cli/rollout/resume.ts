/** What is left to do, from the journals of earlier runs. */
import type { JobFacts } from './jobFacts.ts'
import { type Entry, readJournals } from './journal.ts'
import { isDone, type TenantResult } from './result.ts'

export type Decision =
  /** `after`: an update was under way, the tenant may have been changed. */
  | { do: 'all'; after?: 'update' }
  /** All is written, the gate is left; `since` as in the journal. */
  | { do: 'gate'; result: TenantResult; facts: JobFacts | undefined; since: number }
  | { do: 'nothing'; result: TenantResult }

/** @param hash of the files that the stack is made from, now */
export function decide(entries: readonly Entry[], stack: string, hash: string): Decision {
  const last = lastOf(entries, stack)
  const updated = entries.findLast((entry) => entry.kind === 'updated' && entry.result.stack === stack)
  if (last?.kind === 'updating') return { do: 'all', after: 'update' }
  if (!last || last.hash !== hash) return { do: 'all' }
  if (last.kind === 'updated') return gateOf(last)
  if (isDone(last.result)) return { do: 'nothing', result: last.result }
  const { step } = last.result
  if (step === 'gate' && updated?.kind === 'updated' && updated.hash === hash) return gateOf(updated)
  return step === 'update' ? { do: 'all', after: 'update' } : { do: 'all' }
}

type TenantEntry = Extract<Entry, { kind: 'updating' | 'updated' | 'result' }>

const gateOf = ({ result, facts, since }: Extract<Entry, { kind: 'updated' }>): Decision => ({
  do: 'gate',
  result,
  facts,
  since,
})

function stackOf(entry: Entry): string | undefined {
  if (entry.kind === 'updating') return entry.stack
  return entry.kind === 'updated' || entry.kind === 'result' ? entry.result.stack : undefined
}

const lastOf = (entries: readonly Entry[], stack: string): TenantEntry | undefined =>
  entries.findLast((entry): entry is TenantEntry => stackOf(entry) === stack)

function resultOf(entries: readonly Entry[], stack: string): TenantResult | undefined {
  const last = lastOf(entries, stack)
  return last?.kind === 'result' ? last.result : undefined
}

function isLeft(entries: readonly Entry[], stack: string): boolean {
  const result = resultOf(entries, stack)
  return result === undefined || !isDone(result)
}

/** A rollout that was killed, interrupted or stopped, or in which a tenant failed. */
export interface Unfinished {
  id: string
  stacks: string[]
  /** What is done of them. */
  done: number
  /** In order, with what later rollouts did to tenants: they may have finished some, or changed them since. */
  entries: Entry[]
}

/** The newest first. */
export function* unfinishedIn(folder: string): Generator<Unfinished> {
  let later: Entry[] = []
  for (const { id, entries: own } of readJournals(folder)) {
    const entries = [...own, ...later]
    const begin = own.find((entry) => entry.kind === 'begin')
    const stacks = begin?.stacks ?? []
    const left = stacks.filter((stack) => isLeft(entries, stack)).length
    if (left > 0) yield { id, stacks, done: stacks.length - left, entries }
    later = entries.filter((entry) => stackOf(entry) !== undefined)
  }
}

export const isOf = ({ stacks }: Unfinished, others: readonly string[]): boolean =>
  stacks.toSorted().join() === others.toSorted().join()

export function failedIn({ stacks, entries }: Unfinished): string[] {
  return stacks.filter((stack) => ['failed', 'refused'].includes(resultOf(entries, stack)?.outcome ?? ''))
}

/** @param hashes of the files that stacks of the ring are made from, now: a yes was to what was there then */
export function isApproved(entries: readonly Entry[], ring: string, hashes: Readonly<Record<string, string>>): boolean {
  const given = entries.flatMap((entry) => (entry.kind === 'approved' && entry.ring === ring ? [entry.hashes] : []))
  return Object.entries(hashes).every(([stack, hash]) => given.some((approved) => approved?.[stack] === hash))
}
