import type { Cycle, CycleCounts, Job, LogRecord } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'

const CYCLES = 5
const LOG_ENTRIES = 50

export interface ShownCycle {
  began: string
  kind: string
  state: string
  users: string
  groups: string
  seconds: string
}

export interface ShownLogEntry {
  time: string
  identity: string
  action: string
  status: string
  details: string
}

export interface ShownJob {
  id: string
  application: string
  code: string
  schedule: string
  progress: string
  quarantine: string
  statistics: string
  cycles: ShownCycle[]
  log: ShownLogEntry[]
}

export function totals(tenant: Tenant) {
  const count = (objects: Iterable<{ deletedDateTime: string | null }>) =>
    [...objects].filter((object) => object.deletedDateTime === null).length
  return { users: count(tenant.users.values()), groups: count(tenant.groups.values()) }
}

/** What the page shows of each job, newest things first. */
export function jobsOf(tenant: Tenant): ShownJob[] {
  return [...tenant.jobs.values()].map((job) => showJob(tenant, job))
}

interface Progress {
  completedUnits: number
  totalUnits: number
  units?: string
}

function showJob(tenant: Tenant, job: Job): ShownJob {
  const progress = (job.status.progress as Progress[] | undefined)?.[0]
  const quarantine = job.status.quarantine as { reason: string; error?: { message?: string } } | null | undefined
  const counts = (job.status.synchronizedEntryCountByType as { key: string; value: number }[] | undefined) ?? []
  return {
    id: job.id,
    application: tenant.servicePrincipals.get(job.servicePrincipalId)?.displayName ?? 'deleted application',
    code: job.status.code,
    schedule: `${job.schedule.state}, every ${job.schedule.interval}`,
    progress: progress ? `${progress.completedUnits} of ${progress.totalUnits} ${progress.units ?? 'units'}` : '',
    quarantine: quarantine ? `${quarantine.reason}. ${quarantine.error?.message ?? ''}` : '',
    statistics: counts.map(({ key, value }) => `${key}: ${value}`).join(' · ') || 'nothing synchronized yet',
    cycles: newest(tenant.cycles.values(), job.id, CYCLES).map(showCycle),
    log: newest(tenant.log.values(), job.id, LOG_ENTRIES).map(showLogEntry),
  }
}

function newest<T extends { jobId: string }>(all: Iterable<T>, jobId: string, limit: number): T[] {
  return [...all]
    .filter((item) => item.jobId === jobId)
    .slice(-limit)
    .reverse()
}

const showCycle = (cycle: Cycle): ShownCycle => ({
  began: cycle.began,
  kind: cycle.kind,
  state: cycle.error ? `${cycle.state}: ${cycle.error.message}` : cycle.state,
  users: showCounts(cycle.users),
  groups: showCounts(cycle.groups),
  seconds: cycle.seconds.toFixed(1),
})

const showCounts = (counts: CycleCounts) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none'

const showLogEntry = (record: LogRecord): ShownLogEntry => ({
  time: record.activityDateTime,
  identity: record.displayName,
  action: record.action,
  status: record.status,
  details: record.error?.message ?? record.skipReason ?? '',
})
