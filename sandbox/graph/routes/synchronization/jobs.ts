import { isObject } from '../../../object.ts'
import { RESET_SCOPES, unknownResetScope } from '../../../provisioning/job.ts'
import type { Job } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { propertiesOf } from '../../body.ts'
import { problemsOf } from '../../contract/validate.ts'
import { badRequest, invalidValue, notFound } from '../../errors.ts'
import { hides, requireSynchronized } from '../../lookup.ts'
import { listAnswer } from '../../odata/list.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { jobView } from '../../shape/applications.ts'
import { factoryOf, templatesOf } from './templates.ts'

const BASE = '/servicePrincipals/:id/synchronization'
const read = ACCESS.readSynchronization
const write = ACCESS.writeSynchronization

export const jobRoutes: Route[] = [
  { method: 'GET', pattern: `${BASE}/jobs`, access: read, handler: list },
  { method: 'POST', pattern: `${BASE}/jobs`, access: write, handler: create },
  { method: 'GET', pattern: `${BASE}/jobs/:jobId`, access: read, handler: get },
  { method: 'PATCH', pattern: `${BASE}/jobs/:jobId`, access: write, handler: update },
  { method: 'DELETE', pattern: `${BASE}/jobs/:jobId`, access: write, handler: remove },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/start`, access: write, handler: start },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/pause`, access: write, handler: pause },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/restart`, access: write, handler: restart },
]

export function requireJob(call: Call): Job {
  const { id } = requireSynchronized(call, call.params.id!)
  const job = call.tenant.jobs.get(call.params.jobId!)
  if (job?.servicePrincipalId !== id || hides(call, 'jobs', job.id)) throw notFound(call.params.jobId!)
  return job
}

function list(call: Call): GraphResponse {
  const { id } = requireSynchronized(call, call.params.id!)
  const jobs = [...call.tenant.jobs.values()].filter((job) => job.servicePrincipalId === id)
  return listAnswer(call, jobs, {
    type: 'microsoft.graph.synchronizationJob',
    context: `servicePrincipals('${id}')/synchronization/jobs`,
    properties: new Set(['id', 'templateId']),
    view: jobView,
  })
}

const jobAnswer = (call: Call, job: Job) => ({
  '@odata.context': call.context(`servicePrincipals('${job.servicePrincipalId}')/synchronization/jobs/$entity`),
  ...jobView(job),
})

function get(call: Call): GraphResponse {
  return ok(jobAnswer(call, requireJob(call)))
}

function create(call: Call): GraphResponse {
  const { id } = requireSynchronized(call, call.params.id!)
  const known = templatesOf(call)
  const { templateId } = call.json()
  const template = known.find((one) => one.id.toLowerCase() === String(templateId).toLowerCase())
  if (!template) {
    const names = known.map((one) => one.id).join(', ') || 'it has none'
    throw badRequest(`Template '${templateId}' is not one of this application's templates: ${names}.`)
  }
  const factory = factoryOf(template)
  const job: Job = {
    ...call.provisioning.newJob(id, template.id),
    ...(factory === template.id ? {} : { factory }),
    schema: template.schema,
  }
  call.tenant.jobs.put(job.id, job)
  return created(jobAnswer(call, job))
}

/** Settings are taken by name; the rest of a job is not a client's to write. No page of Microsoft's describes it. */
function update(call: Call): GraphResponse {
  const job = requireJob(call)
  const { synchronizationJobSettings: sent = [], ...others } = propertiesOf(call)
  const [other] = Object.keys(others)
  if (other) throw badRequest(`Property '${other}' of a synchronization job cannot be changed.`)
  if (problemsOf('synchronizationJob', { synchronizationJobSettings: sent }).length > 0) {
    throw invalidValue('synchronizationJobSettings', 'SynchronizationJob')
  }
  const settings = new Map(job.synchronizationJobSettings.map((setting) => [setting.name, setting]))
  for (const { name, value } of sent as Job['synchronizationJobSettings']) settings.set(name, { name, value })
  call.tenant.jobs.put(job.id, { ...job, synchronizationJobSettings: [...settings.values()] })
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const job = requireJob(call)
  call.provisioning.remove(job.id)
  call.tenant.jobs.delete(job.id)
  return NO_CONTENT
}

function start(call: Call): GraphResponse {
  call.provisioning.start(requireJob(call).id)
  return NO_CONTENT
}

function pause(call: Call): GraphResponse {
  call.provisioning.pause(requireJob(call).id)
  return NO_CONTENT
}

/**
 * The body is optional, and so is `criteria` in it; whatever else they hold is refused, since a slip of the pen would
 * else be taken for the default restart (Graph: synchronizationJob: restart).
 */
function restart(call: Call): GraphResponse {
  const job = requireJob(call)
  const { criteria, ...others } = parametersOf(call)
  const [other] = Object.keys(others)
  if (other !== undefined) throw badRequest(`The parameter '${other}' does not exist; a restart takes 'criteria'.`)
  call.provisioning.restart(job.id, criteria === undefined || criteria === null ? undefined : resetScopeOf(criteria))
  return NO_CONTENT
}

function parametersOf({ request }: Call): Record<string, unknown> {
  const { body = {} } = request
  if (isObject(body)) return body
  throw badRequest("The body of a restart is an object with 'criteria', or empty.")
}

/** `resetScope` is a flags enum as text: names, with commas between them (Graph: synchronizationJobRestartCriteria). */
function resetScopeOf(criteria: unknown): string | undefined {
  if (!isObject(criteria)) throw badRequest(`criteria is ${JSON.stringify(criteria)}, not an object with 'resetScope'.`)
  const { resetScope, ...others } = criteria
  const [other] = Object.keys(others).filter((name) => !name.startsWith('@'))
  if (other !== undefined) throw badRequest(`criteria has no '${other}'; it has 'resetScope' alone.`)
  if (resetScope === undefined) return undefined
  const unknown = typeof resetScope === 'string' ? unknownResetScope(resetScope) : JSON.stringify(resetScope)
  if (unknown === undefined) return resetScope as string
  throw badRequest(`Invalid resetScope '${unknown}'. Allowed: ${RESET_SCOPES.join(', ')}.`)
}
