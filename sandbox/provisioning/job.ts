import type { Job } from '../tenant/model.ts'
import type { Switches } from './switches.ts'

/** Graph's "never". */
export const NEVER = '0001-01-01T00:00:00Z'

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

export const RESET_SCOPES = [
  'None',
  'ConnectorDataStore',
  'Escrows',
  'Watermark',
  'QuarantineState',
  'Full',
  'ForceDeletes',
]

const namesOf = (resetScope: string): string[] => resetScope.split(',').map((name) => name.trim())

/** @returns the first name that is no reset scope, if any */
export function unknownResetScope(resetScope: string): string | undefined {
  return namesOf(resetScope).find((name) => !RESET_SCOPES.includes(name))
}

/**
 * Reads a comma-separated `resetScope`; left out it means what the portal's restart does.
 * Source: Microsoft Graph, synchronizationJobRestartCriteria.
 * @throws RangeError naming the value that is not allowed
 */
export function readResetScope(resetScope: string | undefined): ResetScope {
  const unknown = resetScope === undefined ? undefined : unknownResetScope(resetScope)
  if (unknown !== undefined) {
    throw new RangeError(`"${unknown}" is not a reset scope; allowed: ${RESET_SCOPES.join(', ')}`)
  }
  const names = namesOf(resetScope ?? 'Watermark, Escrows, QuarantineState')
  const has = (name: string): boolean => names.includes(name)
  return {
    links: has('Full') || has('ConnectorDataStore'),
    escrows: has('Full') || has('Escrows'),
    watermark: has('Full') || has('Watermark'),
    quarantine: has('Full') || has('QuarantineState') || has('ForceDeletes'),
    forceDeletes: has('ForceDeletes'),
  }
}

export function restarted(job: Job, scope: ResetScope): Job {
  const code = job.status.code === 'Quarantine' && !scope.quarantine ? 'Quarantine' : runningCode(job)
  return {
    ...job,
    watermark: scope.watermark ? null : job.watermark,
    forceDeletes: job.forceDeletes || scope.forceDeletes,
    deletionsLetThrough: scope.quarantine ? 0 : job.deletionsLetThrough,
    status: {
      ...job.status,
      code: job.schedule.state === 'Active' ? code : job.status.code,
      quarantine: scope.quarantine ? null : job.status.quarantine,
      synchronizedEntryCountByType: scope.links ? [] : job.status.synchronizedEntryCountByType,
    },
  }
}

/** Of the portal's percentage of pages done no page size is known. */
const PAGE = 100

/** @param completed objects and then references done, of `total` */
export function progressing(
  job: Job,
  completed: number,
  total: number,
  at: string,
  units: Switches['progressUnits'],
): Job {
  const [completedUnits, totalUnits] =
    units === 'pages' ? [Math.floor(completed / PAGE), Math.ceil(total / PAGE)] : [completed, total]
  const progress = [{ completedUnits, totalUnits, progressObservationDateTime: at, units }]
  return { ...job, status: { ...job.status, progress } }
}
