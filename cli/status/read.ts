import type { StackConfig } from '../../config/schema.ts'
import {
  isOn,
  type Job,
  lastExecutionOf,
  listJobs,
  quarantineOf,
} from '../../provider/resources/provisioningJob/job.ts'
import { newestEvents } from '../logs/events.ts'
import { findServicePrincipal } from '../stack/application.ts'
import { isoDuration } from '../stack/duration.ts'
import { targetFacts } from '../stack/target.ts'
import type { Tenant } from '../stack/tenant.ts'
import { type LastUpdate, lastUpdateInFolder } from './lastUpdate.ts'
import type { StackStatus } from './model.ts'
import { problemsOf } from './problems.ts'
import { summarize } from './summary.ts'

/** What Graph tells of a job beyond what the provider uses (graph-api.md 3.3). */
interface FullJob extends Job {
  schedule: { state: string; interval?: string } | null
  status:
    | (NonNullable<Job['status']> & {
        synchronizedEntryCountByType?: { key: string | null; value: number }[]
        lastExecution: (NonNullable<NonNullable<Job['status']>['lastExecution']> & { countEscrowed?: number }) | null
      })
    | null
}

type Facts = Omit<StackStatus, 'problems' | 'health'>

/**
 * Three requests to Graph, two of them side by side, and two to the bundled target; never throws.
 * @param open opens the tenant; what stops it is what is unknown
 * @param period how far the log is looked at, milliseconds
 * @param lastUpdate out of the stack's backend
 */
export async function readStatus(
  stack: string,
  open: () => Tenant,
  period: number,
  lastUpdate: (tenant: Tenant) => LastUpdate | null | Promise<LastUpdate | null> = lastUpdateInFolder,
): Promise<StackStatus> {
  const facts = blank(stack)
  let config: StackConfig | undefined
  let job: FullJob | undefined
  let now = Date.now()
  try {
    const tenant = open()
    config = tenant.config
    now = tenant.graph.now()
    facts.labels = config.labels
    if (config.target.kind === 'external') facts.secretExpires = config.target.clientSecretExpires ?? null
    facts.tenantId = tenant.graph.tenantId
    try {
      facts.lastUpdate = await lastUpdate(tenant)
    } catch (error) {
      facts.unknown.push(`the last update: ${(error as Error).message}`)
    }
    try {
      job = await readTenant(tenant, facts, now - period)
    } finally {
      facts.requests = tenant.graph.calls
    }
  } catch (error) {
    facts.unknown.push((error as Error).message)
    return { ...facts, problems: [], health: 'unknown' }
  }
  const interval = job?.schedule?.interval ? isoDuration(job.schedule.interval) : undefined
  const problems = problemsOf(facts, { status: config.status, kind: config.target.kind, interval, now })
  return {
    ...facts,
    problems,
    health: problems.length > 0 ? 'attention' : facts.unknown.length > 0 ? 'unknown' : 'healthy',
  }
}

async function readTenant(tenant: Tenant, facts: Facts, since: number): Promise<FullJob | undefined> {
  const { graph } = tenant
  const noted = <T>(what: string, work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: Error) => {
      facts.unknown.push(`${what}: ${error.message}`)
      return undefined
    })
  const principal = await findServicePrincipal(tenant)
  if (!principal) return undefined
  const { id: servicePrincipalId, appId: applicationId, displayName } = principal
  facts.application = { displayName, applicationId, servicePrincipalId }
  const [jobs, log, ours] = await Promise.all([
    listJobs(graph, servicePrincipalId) as Promise<FullJob[]>,
    noted('the provisioning log', newestEvents(graph, { servicePrincipalId, since })),
    noted('the target', targetFacts(tenant, servicePrincipalId)),
  ])
  if (log) facts.log = summarize(log.events, since, log.complete)
  if (ours) {
    const { secretExpires, ...licences } = ours
    Object.assign(facts, { licences, secretExpires })
  }
  const [job] = jobs
  if (job) Object.assign(facts, jobFacts(job))
  return job
}

/** What one job says of itself. */
export function jobFacts(
  job: FullJob,
): Pick<StackStatus, 'job' | 'lastCycle' | 'nextCycle' | 'progress' | 'synchronized' | 'inError' | 'quarantine'> {
  const { status } = job
  const lastCycle = lastExecutionOf(job)
  const [progress] = status?.progress ?? []
  const quarantine = quarantineOf(job)
  return {
    job: { id: job.id, on: isOn(job), code: status?.code ?? 'Unknown' },
    lastCycle,
    nextCycle: nextCycle(job, lastCycle?.began, quarantine?.nextAttempt),
    progress: progress ? { completed: progress.completedUnits, total: progress.totalUnits } : null,
    synchronized: status && { users: entries(status, 'user'), groups: entries(status, 'group') },
    inError: lastCycle ? (status?.lastExecution?.countEscrowed ?? null) : null,
    quarantine,
  }
}

/** Keys are like `User to User`; their case varies with the template. */
function entries(status: NonNullable<FullJob['status']>, source: string): number {
  const counts = status.synchronizedEntryCountByType ?? []
  return counts
    .filter(({ key }) => key?.toLowerCase().startsWith(`${source} to`))
    .reduce((sum, { value }) => sum + value, 0)
}

function nextCycle(job: FullJob, began: string | undefined, nextAttempt: string | undefined): string | null {
  if (!isOn(job)) return null
  if (nextAttempt) return nextAttempt
  const interval = job.schedule?.interval ? isoDuration(job.schedule.interval) : undefined
  return began && interval !== undefined ? new Date(Date.parse(began) + interval).toISOString() : null
}

function blank(stack: string): Facts {
  return {
    stack,
    labels: [],
    tenantId: null,
    application: null,
    job: null,
    lastCycle: null,
    nextCycle: null,
    progress: null,
    synchronized: null,
    inError: null,
    quarantine: null,
    log: null,
    licences: null,
    secretExpires: null,
    lastUpdate: null,
    unknown: [],
    requests: 0,
  }
}
