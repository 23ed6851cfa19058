/** The synchronization job as Graph shows it, and the calls on it. */
import { type Graph, isNotFound } from '../../graph/client.ts'
import { servicePrincipalPath } from '../common/ids.ts'
import type { LastExecution, Quarantine } from './inputs.ts'

interface SyncError {
  code?: string | null
  message?: string | null
}

export interface Job {
  id: string
  templateId: string
  schedule: { state: string } | null
  status: {
    code: string
    lastExecution: { state: string; timeBegan: string; timeEnded: string; error?: SyncError | null } | null
    quarantine: { reason: string; currentBegan: string; nextAttempt: string; error?: SyncError | null } | null
    progress?: { completedUnits: number; totalUnits: number; units?: string | null }[]
    steadyStateFirstAchievedTime?: string
  } | null
}

export interface SyncTemplate {
  id: string
  default: boolean
}

const syncPath = (servicePrincipalId: string) => `${servicePrincipalPath(servicePrincipalId)}/synchronization`
export const jobPath = (servicePrincipalId: string, jobId: string) =>
  `${syncPath(servicePrincipalId)}/jobs/${encodeURIComponent(jobId)}`

export function jobResourceId(servicePrincipalId: string, jobId: string): string {
  return `${servicePrincipalPath(servicePrincipalId)}/synchronization/jobs/${jobId}`
}

/** @throws naming the form that is expected */
export function parseJobId(id: string): { servicePrincipalId: string; jobId: string } {
  const [, servicePrincipalId, jobId] =
    /^\/?servicePrincipals\/([^/]+)\/synchronization\/jobs\/([^/]+)$/i.exec(id) ?? []
  if (!servicePrincipalId || !jobId) {
    throw new Error(
      `'${id}' is not the id of a provisioning job: use /servicePrincipals/{object id}/synchronization/jobs/{job id}`,
    )
  }
  return { servicePrincipalId, jobId: decodeURIComponent(jobId) }
}

export async function listTemplates(graph: Graph, servicePrincipalId: string): Promise<SyncTemplate[]> {
  return (await graph.get<{ value: SyncTemplate[] }>(`${syncPath(servicePrincipalId)}/templates`)).value
}

/** Empty where the service principal never had a job. */
export async function listJobs(graph: Graph, servicePrincipalId: string): Promise<Job[]> {
  try {
    return (await graph.get<{ value: Job[] }>(`${syncPath(servicePrincipalId)}/jobs`)).value
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

export function createJob(graph: Graph, servicePrincipalId: string, templateId: string): Promise<Job> {
  return graph.post<Job>(`${syncPath(servicePrincipalId)}/jobs`, { templateId })
}

export function getJob(graph: Graph, path: string): Promise<Job> {
  return graph.get<Job>(path)
}

/** While the service is settling it answers 409; none of these does harm when it is carried out twice. */
const CONTROL = { repeatable: true, settles: true }

export const startJob = (graph: Graph, path: string) => graph.post(`${path}/start`, undefined, CONTROL)
export const pauseJob = (graph: Graph, path: string) => graph.post(`${path}/pause`, undefined, CONTROL)

/** Forgets watermark, escrows and quarantine, as the portal's Restart provisioning does. */
export const restartJob = (graph: Graph, path: string) =>
  graph.post(`${path}/restart`, { criteria: { resetScope: 'Watermark, Escrows, QuarantineState' } }, CONTROL)

export async function deleteJob(graph: Graph, path: string): Promise<void> {
  try {
    await graph.delete(path, CONTROL)
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}

/** Only Active means on: what pausing gives is shown inconsistently. */
export const isOn = (job: Job) => job.schedule?.state === 'Active'

/** .NET's default date stands for never. */
const isReal = (time: string | undefined): time is string => time !== undefined && !time.startsWith('0001-')

export function hasRun(job: Job): boolean {
  return isReal(job.status?.lastExecution?.timeEnded) || isReal(job.status?.steadyStateFirstAchievedTime)
}

/** A job that was just started shows an execution that never began. */
export function lastExecutionOf(job: Job): LastExecution | null {
  const last = job.status?.lastExecution
  if (!last || !isReal(last.timeEnded)) return null
  const { code, message } = last.error ?? {}
  return {
    state: last.state,
    began: last.timeBegan,
    ended: last.timeEnded,
    code: code && code !== 'None' ? code : '',
    message: message ?? '',
  }
}

export function quarantineOf(job: Job): Quarantine | null {
  const { quarantine } = job.status ?? {}
  if (!quarantine) return null
  const { reason, currentBegan, nextAttempt, error } = quarantine
  return { reason, code: error?.code ?? '', message: error?.message ?? '', began: currentBegan, nextAttempt }
}
