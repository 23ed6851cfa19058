import { type Graph, isNotFound } from '../../graph/client.ts'
import { query } from '../../graph/odata.ts'
import { nameOf, servicePrincipalPath } from '../common/ids.ts'
import { isMarker, isMarkerOfStack } from '../common/marker.ts'
import type { ProvisioningJobInputs as Inputs } from './inputs.ts'
import {
  createJob,
  getJob,
  hasRun,
  type Job,
  jobPath,
  jobResourceId,
  listJobs,
  listTemplates,
  type SyncTemplate,
} from './job.ts'
import { listSecrets, type Pair } from './secrets.ts'
import { onceUsable } from './usable.ts'

export interface Acquired {
  job: Job
  /** Made here, now or by an earlier run that was interrupted. */
  created: boolean
  secrets: Pair[]
}

/** Milliseconds that a new job may take to be readable. */
const VISIBLE = 120_000

/** The template's one job: the existing one, else a new one. */
export async function acquireJob(graph: Graph, inputs: Inputs, urn: string): Promise<Acquired> {
  const { servicePrincipalId } = inputs
  const [templates, jobs, secrets] = await onceUsable(graph, servicePrincipalId, () =>
    Promise.all([
      listTemplates(graph, servicePrincipalId),
      listJobs(graph, servicePrincipalId),
      listSecrets(graph, servicePrincipalId),
    ]),
  )
  const template = chooseTemplate(templates, inputs)
  const existing = jobs.filter(({ templateId }) => sameTemplate(templateId, template.id))
  if (existing.length > 1) throw new Error(severalJobs(existing, inputs, urn))
  const [job] = existing
  if (job) return { job, created: await isOurs(graph, servicePrincipalId, job, urn), secrets }
  const made = await createJob(graph, servicePrincipalId, template.id)
  return { job: await readable(graph, jobPath(servicePrincipalId, made.id)), created: true, secrets }
}

/** The template that is named, else the application's default, else its only one. */
export function chooseTemplate(
  templates: readonly SyncTemplate[],
  { templateId, servicePrincipalId }: Inputs,
): SyncTemplate {
  const ids = templates.map(({ id }) => id).join(', ')
  if (templateId !== undefined) {
    const named = templates.find(({ id }) => sameTemplate(id, templateId))
    if (named) return named
    throw new Error(
      `templateId is '${templateId}', but service principal ${servicePrincipalId} has ${ids || 'no synchronization template'}`,
    )
  }
  const chosen = templates.find((template) => template.default) ?? (templates.length === 1 ? templates[0] : undefined)
  if (chosen) return chosen
  throw new Error(
    templates.length === 0
      ? `The application of service principal ${servicePrincipalId} does not support automatic provisioning: it has no synchronization template`
      : `Service principal ${servicePrincipalId} has several synchronization templates and no default: set templateId to one of ${ids}`,
  )
}

/** The service does not keep the case of what it was sent. */
const sameTemplate = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

function severalJobs(jobs: readonly Job[], { servicePrincipalId }: Inputs, urn: string): string {
  const commands = jobs.map(
    ({ id }) =>
      `- pulumi import entrasync:index:ProvisioningJob ${nameOf(urn)} ${jobResourceId(servicePrincipalId, id)}`,
  )
  return `Service principal ${servicePrincipalId} has ${jobs.length} jobs of the same template; import the one that is meant:\n${commands.join('\n')}`
}

/** A job below an application of this stack, or one that never ran below an unmarked one, was left by an interrupted run. */
async function isOurs(graph: Graph, servicePrincipalId: string, job: Job, urn: string): Promise<boolean> {
  const path = `${servicePrincipalPath(servicePrincipalId)}${query({ $select: 'tags' })}`
  const markers = (await graph.get<{ tags: string[] }>(path)).tags.filter(isMarker)
  return markers.some((tag) => isMarkerOfStack(tag, urn)) || (markers.length === 0 && !hasRun(job))
}

function readable(graph: Graph, path: string): Promise<Job> {
  return graph.waitFor<Job>({
    what: `the new job ${path} to be readable`,
    timeout: VISIBLE,
    check: async () => {
      try {
        return { done: true, value: await getJob(graph, path) }
      } catch (error) {
        if (isNotFound(error)) return { done: false, seen: '404 not found' }
        throw error
      }
    },
  })
}
