import type { Cycle, Job } from '../tenant/model.ts'
import type { Cause } from './cycle/quarantine.ts'
import type { Switches } from './switches.ts'

/** Graph's "never". */
export const NEVER = '0001-01-01T00:00:00Z'

/** Days in quarantine after which a job is disabled. */
const QUARANTINE_DAYS = 28

/** Ids are `{template}.{tenant without dashes}.{guid}`; a new job is stopped. */
export function freshJob(
  tenantId: string,
  servicePrincipalId: string,
  templateId: string,
  code: Switches['newJobCode'],
): Job {
  return {
    id: `${templateId}.${tenantId.replaceAll('-', '')}.${crypto.randomUUID()}`,
    templateId,
    servicePrincipalId,
    schedule: { expiration: null, interval: 'PT40M', state: 'Disabled' },
    status: {
      code,
      countSuccessiveCompleteFailures: 0,
      escrowsPruned: false,
      lastExecution: null,
      lastSuccessfulExecution: null,
      lastSuccessfulExecutionWithExports: null,
      progress: [],
      quarantine: null,
      steadyStateFirstAchievedTime: NEVER,
      steadyStateLastAchievedTime: NEVER,
      synchronizedEntryCountByType: [],
      troubleshootingUrl: null,
    },
    synchronizationJobSettings: [
      { name: 'AzureIngestionAttributeOptimization', value: 'False' },
      { name: 'LookaheadQueryEnabled', value: 'False' },
      { name: 'QuarantineTooManyDeletesThreshold', value: '500' },
    ],
    schema: null,
    watermark: null,
    forceDeletes: false,
  }
}

/** Right after a first start the service shows an execution of zeros that "failed" with the error "None". */
const NOT_YET_RUN = {
  activityIdentifier: null,
  countEntitled: 0,
  countEntitledForProvisioning: 0,
  countEscrowed: 0,
  countEscrowedRaw: 0,
  countExported: 0,
  countExports: 0,
  countImported: 0,
  countImportedDeltas: 0,
  countImportedReferenceDeltas: 0,
  error: { code: 'None', message: '', tenantActionable: false },
  state: 'Failed',
  timeBegan: NEVER,
  timeEnded: NEVER,
}

const runningCode = (job: Job): 'Active' | 'NotRun' => (job.status.lastSuccessfulExecution ? 'Active' : 'NotRun')

export function started(job: Job): Job {
  return {
    ...job,
    schedule: { ...job.schedule, state: 'Active' },
    status: {
      ...job.status,
      code: runningCode(job),
      quarantine: null,
      lastExecution: job.status.lastExecution ?? NOT_YET_RUN,
    },
  }
}

export function paused(job: Job): Job {
  return { ...job, schedule: { ...job.schedule, state: 'Disabled' }, status: { ...job.status, code: 'Paused' } }
}

export interface ResetScope {
  links: boolean
  escrows: boolean
  watermark: boolean
  quarantine: boolean
  forceDeletes: boolean
}

/**
 * Reads a comma-separated `resetScope`; left out it means what the portal's restart does.
 * Source: Microsoft Graph, synchronizationJobRestartCriteria.
 * @throws RangeError naming the value that is not allowed
 */
export function readResetScope(resetScope: string | undefined): ResetScope {
  const names = (resetScope ?? 'Watermark, Escrows, QuarantineState')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  const allowed = ['None', 'ConnectorDataStore', 'Escrows', 'Watermark', 'QuarantineState', 'Full', 'ForceDeletes']
  for (const name of names) {
    if (!allowed.some((one) => one.toLowerCase() === name)) {
      throw new RangeError(`"${name}" is not a reset scope; allowed: ${allowed.join(', ')}`)
    }
  }
  const has = (name: string): boolean => names.includes(name)
  return {
    links: has('full') || has('connectordatastore'),
    escrows: has('full') || has('escrows'),
    watermark: has('full') || has('watermark'),
    quarantine: has('full') || has('quarantinestate') || has('forcedeletes'),
    forceDeletes: has('forcedeletes'),
  }
}

export function restarted(job: Job, scope: ResetScope): Job {
  const code = job.status.code === 'Quarantine' && !scope.quarantine ? 'Quarantine' : runningCode(job)
  return {
    ...job,
    watermark: scope.watermark ? null : job.watermark,
    forceDeletes: job.forceDeletes || scope.forceDeletes,
    status: {
      ...job.status,
      code: job.schedule.state === 'Active' ? code : job.status.code,
      quarantine: scope.quarantine ? null : job.status.quarantine,
    },
  }
}

export function progressing(job: Job, completed: number, total: number, at: string): Job {
  const progress = [{ completedUnits: completed, totalUnits: total, progressObservationDateTime: at, units: 'objects' }]
  return { ...job, status: { ...job.status, progress } }
}

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
  /** Null: the next cycle begins anew. */
  watermark: number | null
  entries: { key: string; value: number }[]
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
    schedule: expired ? { ...job.schedule, state: 'Disabled' } : job.schedule,
    status: {
      ...status,
      code: status.code === 'Paused' ? 'Paused' : cause ? 'Quarantine' : 'Active',
      countSuccessiveCompleteFailures: completeFailures,
      lastExecution,
      lastSuccessfulExecution: good ? lastExecution : status.lastSuccessfulExecution,
      lastSuccessfulExecutionWithExports:
        good && execution.countExported > 0 ? lastExecution : status.lastSuccessfulExecutionWithExports,
      progress: [],
      quarantine,
      steadyStateFirstAchievedTime: settled && first === NEVER ? cycle.ended : first,
      steadyStateLastAchievedTime: settled ? cycle.ended : status.steadyStateLastAchievedTime,
      synchronizedEntryCountByType: entries,
      troubleshootingUrl: cause ? '' : null,
    },
  }
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
