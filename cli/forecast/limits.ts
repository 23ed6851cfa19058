import type { Counts, Guard, Kind } from './model.ts'

/** What whoever asks for a forecast allows. */
export interface Limits {
  maxCreates?: number
  maxDisables?: number
}

/** One line for each limit, and for the deletion guard, that the next cycle would exceed. */
export function exceededLimits(
  { user, group }: Record<Kind, Counts>,
  { holds, deletions, threshold }: Guard,
  { maxCreates, maxDisables }: Limits,
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
  }
  return exceeded
}
