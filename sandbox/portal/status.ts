import type { Job } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'

/** Graph's synchronizationTaskExecution, as far as it is shown. */
export interface Execution {
  activityIdentifier: string | null
  state: string
  timeBegan: string
  timeEnded: string
}

export interface QuarantineStatus {
  reason: string
  seriesBegan: string
  seriesCount: number
  nextAttempt: string
  error: { code: string; message: string }
}

/** The last cycle, if there was one; a job that has only been started has an execution without an activity. */
export function executionOf({ status }: Job): Execution | undefined {
  const last = status.lastExecution as Execution | null | undefined
  return last?.activityIdentifier ? last : undefined
}

export const quarantineOf = ({ status }: Job): QuarantineStatus | undefined =>
  (status.quarantine as QuarantineStatus | null | undefined) ?? undefined

export function progressOf({ status }: Job): { completed: number; total: number } | undefined {
  const [progress] = (status.progress as { completedUnits: number; totalUnits: number }[] | undefined) ?? []
  return progress && { completed: progress.completedUnits, total: progress.totalUnits }
}

/** How many objects are linked to one of the target. */
export const linkCounts = (tenant: Tenant, jobId: string): { users: number; groups: number } => ({
  users: tenant.linkCount(jobId, 'user'),
  groups: tenant.linkCount(jobId, 'group'),
})

/** The log of one job, the newest first. */
export const logOf = (tenant: Tenant, jobId: string) =>
  Array.from(tenant.log.values())
    .filter((record) => record.jobId === jobId)
    .reverse()

/** What the guard against accidental deletions holds back since the last cycle. */
export function heldDeletions(tenant: Tenant, job: Job) {
  if (quarantineOf(job)?.reason !== 'TooManyDeletes') return []
  const cycle = executionOf(job)?.activityIdentifier
  return logOf(tenant, job.id).filter(({ cycleId, action }) => cycleId === cycle && action === 'stagedDelete')
}
