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
 * waits longest; nobody loses a seat because there are fewer.
 */
export function applyLicences(entries: Iterable<Entry>, { type, seats, held, waiting }: Pool): Licences {
  const users = Array.from(entries).filter((entry) => entry.kind === 'user' && !entry.held)
  const coming = users.filter(wantsSeat)
  const leaving = users.filter(({ outcome }) => outcome === 'disable' || outcome === 'delete').length
  const demand = Math.max(0, held + waiting + coming.length - leaving)
  const taken = seats === null ? demand : Math.min(demand, Math.max(seats, held - leaving))
  const without = demand - taken
  for (const entry of coming.slice(Math.max(0, coming.length - without))) entry.waits = true
  return { type, seats, held: taken, waitingBefore: waiting, waiting: without }
}

/** New, or active again: who is inactive has no seat. */
const wantsSeat = ({ outcome, restored, changes = [] }: Entry): boolean =>
  outcome === 'create' ||
  restored === true ||
  (outcome !== 'disable' &&
    changes.some(({ attribute, before, after }) => attribute === 'active' && before === 'False' && after === 'True'))
