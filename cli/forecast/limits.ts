import type { Counts, Guard, Kind } from './model.ts'

/** What whoever asks for a forecast allows. */
export interface Limits {
  maxCreates?: number
  maxDisables?: number
}

/**
 * One line for each limit, and for the deletion guard, that the next cycle would exceed, or that cannot be judged.
 * @param managedKnown false where neither log nor target tells whom the job manages: who would be disabled is then not
 *   known, while more count as created than are
 */
export function exceededLimits(
  { user, group }: Record<Kind, Counts>,
  { holds, deletions, threshold }: Guard,
  { maxCreates, maxDisables }: Limits,
  managedKnown: boolean,
): string[] {
  const creates = user.create + group.create
  const exceeded: string[] = []
  if (holds) {
    exceeded.push(
      `${deletions} would be disabled or deleted, more than the ${threshold} that the deletion guard allows`,
    )
  }
  if (maxCreates !== undefined && creates > maxCreates) {
    exceeded.push(`${creates} would be created, more than the ${maxCreates} that are allowed`)
  }
  if (maxDisables !== undefined && deletions > maxDisables) {
    exceeded.push(`${deletions} would be disabled or deleted, more than the ${maxDisables} that are allowed`)
  } else if (maxDisables !== undefined && !managedKnown) {
    exceeded.push(
      `whether more would be disabled or deleted than the ${maxDisables} that are allowed cannot be told: neither the target, which could not be read, nor the provisioning log says whom the job manages`,
    )
  }
  return exceeded
}
