import type { Cycle, Job } from '../tenant/model.ts'
import type { Cause } from './cycle/quarantine.ts'
import { NEVER } from './job.ts'
import type { Switches } from './switches.ts'

/** Days in quarantine after which a job is disabled. */
const QUARANTINE_DAYS = 28

/** Graph's synchronizationTaskExecution of a finished cycle. */
export interface Execution {
  activityIdentifier: string
  countEscrowed: number
  countExported: number
  countExports: number
  countImported: number
  countImportedDeltas: number
  countEntitled: number
  countEntitledForProvisioning: number
  countImportedReferenceDeltas: number
}

export interface Ended {
  cycle: Cycle
  execution: Execution
  cause: Cause | null
  /** Entries that were given up after failing for 28 days. */
  givenUp: number
  /** Entries that failed and were not kept for another try. */
  pruned: number
  /** Deletions that were carried out while others are held back. */
  deletionsLetThrough: number
  /** Null: the next cycle begins anew. */
  watermark: number | null
  entries: EntryCount[]
}

/** Graph's stringKeyLongValuePair: objects in the connector data store, by type. */
export interface EntryCount {
  key: string
  value: number
}

/** The job after a cycle; a job paused meanwhile stays paused. */
export function ended(job: Job, done: Ended, switches: Switches): Job {
  const { cycle, execution, watermark, entries } = done
  const error = cycle.error && { ...cycle.error, tenantActionable: true }
  const lastExecution = {
    ...execution,
    countEscrowedRaw: execution.countEscrowed,
    error,
    state: cycle.state,
    timeBegan: cycle.began,
    timeEnded: cycle.ended,
  }
  const good = cycle.state !== 'Failed'
  const settled = good && execution.countEscrowed === 0
  const { status } = job
  const completeFailures = good ? 0 : Number(status.countSuccessiveCompleteFailures) + 1
  const cause = good || completeFailures >= switches.failuresBeforeQuarantine ? done.cause : null
  const first = status.steadyStateFirstAchievedTime
  const quarantine = cause && quarantined(status.quarantine as Quarantine | null, cause, cycle.ended, switches)
  const expired =
    (quarantine !== null && days(quarantine.seriesBegan, cycle.ended) >= QUARANTINE_DAYS) ||
    (done.givenUp > 0 && switches.expiredEscrow === 'disablesJob')
  return {
    ...job,
    watermark,
    forceDeletes: good ? false : job.forceDeletes,
    deletionsLetThrough: good ? done.deletionsLetThrough : job.deletionsLetThrough,
    schedule: expired ? { ...job.schedule, state: 'Disabled' } : job.schedule,
    status: {
      ...status,
      code: status.code === 'Paused' ? 'Paused' : cause ? 'Quarantine' : expired ? 'Paused' : 'Active',
      countSuccessiveCompleteFailures: completeFailures,
      escrowsPruned: cycle.kind === 'initial' ? done.pruned > 0 : status.escrowsPruned,
      lastExecution,
      lastSuccessfulExecution: good ? lastExecution : status.lastSuccessfulExecution,
      lastSuccessfulExecutionWithExports:
        good && execution.countExported > 0 ? lastExecution : status.lastSuccessfulExecutionWithExports,
      progress: [],
      quarantine,
      steadyStateFirstAchievedTime: settled && first === NEVER ? cycle.ended : first,
      steadyStateLastAchievedTime: settled ? cycle.ended : status.steadyStateLastAchievedTime,
      synchronizedEntryCountByType: neverLess(status.synchronizedEntryCountByType as EntryCount[], entries),
      troubleshootingUrl: cause ? '' : null,
    },
  }
}

/**
 * Counts go down only when the links are dropped.
 * Source: Microsoft Learn, "Find out when a specific user will be able to access an app", statistics to date.
 */
function neverLess(before: readonly EntryCount[], now: readonly EntryCount[]): EntryCount[] {
  return now.map(({ key, value }) => {
    const former = before.find((one) => one.key === key)?.value ?? 0
    return { key, value: Math.max(former, value) }
  })
}

interface Quarantine {
  seriesBegan: string
  seriesCount: number
  nextAttempt: string
}

function quarantined(
  before: Quarantine | null,
  { reason, error }: Cause,
  now: string,
  { quarantineRetrySeconds: steps }: Switches,
) {
  const seriesCount = (before?.seriesCount ?? 0) + 1
  const seconds = steps[Math.min(seriesCount, steps.length) - 1]!
  return {
    currentBegan: now,
    nextAttempt: new Date(Date.parse(now) + seconds * 1000).toISOString(),
    reason,
    seriesBegan: before?.seriesBegan ?? now,
    seriesCount,
    error: { ...error, tenantActionable: true },
  }
}

const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000
