import { type Counts, type Entry, type Guard, type Kind, type Licences, noCounts, type Reason } from '../model.ts'

export function countsOf(entries: Iterable<Entry>): Record<Kind, Counts> {
  const counts = { user: noCounts(), group: noCounts() }
  for (const { kind, outcome } of entries) counts[kind][outcome] += 1
  return counts
}

export function reasonsOf(entries: Iterable<Entry>): Partial<Record<Reason, number>> {
  const reasons: Partial<Record<Reason, number>> = {}
  for (const { outcome, reason } of entries) {
    if (outcome === 'leaveOut' && reason) reasons[reason] = (reasons[reason] ?? 0) + 1
  }
  return reasons
}

/**
 * Accidental deletion prevention: more disabled and deleted than the threshold allows are held back, all of them.
 * Source: Microsoft Learn, "Enable accidental deletions prevention in the Microsoft Entra provisioning service".
 */
export function applyGuard(entries: Iterable<Entry>, threshold: number | null): Guard {
  const leaving = Array.from(entries).filter(
    ({ outcome, lost }) => outcome === 'disable' || outcome === 'delete' || lost,
  )
  const holds = threshold !== null && leaving.length > threshold
  if (holds) {
    for (const entry of leaving) {
      entry.held = true
      // Held before the target is asked.
      if (entry.lost) entry.outcome = 'disable'
    }
  }
  return { threshold, deletions: leaving.length, holds }
}

/** Seats of one type as the target has them, before the cycle. */
export interface Pool {
  type: string
  /** Null: without limit. */
  seats: number | null
  held: number
  waiting: number
}

/**
 * Marks who gets no seat: those who come last, since a seat goes to who comes first. A seat that is freed goes to who
 * waits longest.
 */
export function applyLicences(entries: Iterable<Entry>, { type, seats, held, waiting }: Pool): Licences {
  const users = Array.from(entries).filter(({ kind, held }) => kind === 'user' && !held)
  const coming = users.filter(({ outcome, restored }) => outcome === 'create' || restored)
  const freed = users.filter(({ outcome }) => outcome === 'disable' || outcome === 'delete').length
  if (seats === null) return { type, seats, held: held + coming.length - freed, waitingBefore: waiting, waiting: 0 }
  const wanting = waiting + coming.length
  const free = Math.max(0, seats - (held - freed))
  const without = Math.max(0, wanting - free)
  for (const entry of coming.slice(Math.max(0, coming.length - without))) entry.waits = true
  return { type, seats, held: held - freed + Math.min(wanting, free), waitingBefore: waiting, waiting: without }
}
