import { GALLERY } from '../../templates/gallery.ts'
import type { Job } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { badRequest, GraphFailure, notFound } from '../errors.ts'
import { requireSynchronized } from '../lookup.ts'
import { listAnswer } from '../odata/list.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { readPairs } from '../secretKeys.ts'
import { jobView } from '../shape/applications.ts'

const BASE = '/servicePrincipals/:id/synchronization'
const read = ACCESS.readSynchronization
const write = ACCESS.writeSynchronization

export const jobRoutes: Route[] = [
  { method: 'GET', pattern: `${BASE}/templates`, access: read, handler: listTemplates },
  { method: 'GET', pattern: `${BASE}/templates/:templateId`, access: read, handler: getTemplate },
  { method: 'GET', pattern: `${BASE}/jobs`, access: read, handler: list },
  { method: 'POST', pattern: `${BASE}/jobs`, access: write, handler: create },
  { method: 'POST', pattern: `${BASE}/jobs/validateCredentials`, access: write, handler: validateCredentials },
  { method: 'GET', pattern: `${BASE}/jobs/:jobId`, access: read, handler: get },
  { method: 'DELETE', pattern: `${BASE}/jobs/:jobId`, access: write, handler: remove },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/start`, access: write, handler: start },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/pause`, access: write, handler: pause },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/restart`, access: write, handler: restart },
  { method: 'POST', pattern: `${BASE}/jobs/:jobId/validateCredentials`, access: write, handler: validateCredentials },
]

/** Ids of the synchronization templates of the call's service principal, the default one first. */
export function templateIds(call: Call): string[] {
  const { applicationTemplateId } = requireSynchronized(call, call.params.id!)
  return GALLERY.find(({ id }) => id === applicationTemplateId)?.synchronizationTemplates ?? []
}

const CONFIGURATION_FIELDS = JSON.stringify([
  { name: 'baseaddress' },
  { name: 'authenticationtype' },
  { name: 'oauth2tokenexchangeuri' },
  { name: 'oauth2clientid' },
  { name: 'oauth2clientsecret', secret: true },
  { name: 'secrettoken', secret: true },
])

function templateView(call: Call, id: string, isDefault: boolean) {
  const { applicationTemplateId } = requireSynchronized(call, call.params.id!)
  return {
    id,
    applicationId: '00000000-0000-0000-0000-000000000000',
    default: isDefault,
    description: null,
    discoverable: false,
    factoryTag: id === 'scim' ? 'CustomSCIM' : id,
    metadata: [
      { key: 'GalleryApplicationIdentifier', value: applicationTemplateId },
      { key: 'GalleryApplicationKey', value: id },
      { key: 'ConfigurationFields', value: CONFIGURATION_FIELDS },
    ],
  }
}

function listTemplates(call: Call): GraphResponse {
  const value = templateIds(call).map((id, index) => templateView(call, id, index === 0))
  return ok({
    '@odata.context': call.context(`servicePrincipals('${call.params.id}')/synchronization/templates`),
    value,
  })
}

function getTemplate(call: Call): GraphResponse {
  const index = templateIds(call).indexOf(call.params.templateId!)
  if (index < 0) throw notFound(call.params.templateId!)
  return ok({
    '@odata.context': call.context(`servicePrincipals('${call.params.id}')/synchronization/templates/$entity`),
    ...templateView(call, call.params.templateId!, index === 0),
  })
}

export function requireJob(call: Call): Job {
  const { id } = requireSynchronized(call, call.params.id!)
  const job = call.tenant.jobs.get(call.params.jobId!)
  if (job?.servicePrincipalId !== id) throw notFound(call.params.jobId!)
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
  const known = templateIds(call)
  const { templateId } = call.json()
  const template = known.find((name) => name.toLowerCase() === String(templateId).toLowerCase())
  if (!template) {
    throw badRequest(
      `Template '${templateId}' is not one of this application's templates: ${known.join(', ') || 'it has none'}.`,
    )
  }
  const job = call.provisioning.newJob(id, template)
  call.tenant.jobs.put(job.id, job)
  return created(jobAnswer(call, job))
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

const RESET_SCOPES = ['None', 'ConnectorDataStore', 'Escrows', 'Watermark', 'QuarantineState', 'Full', 'ForceDeletes']

/** `resetScope` is a flags enum as text: names, with commas between them (Graph: synchronizationJobRestartCriteria). */
function restart(call: Call): GraphResponse {
  const job = requireJob(call)
  const body = (call.request.body ?? {}) as { criteria?: { resetScope?: unknown } }
  const resetScope = body.criteria?.resetScope
  const names = resetScope === undefined ? [] : String(resetScope).split(',')
  for (const name of names) {
    if (!RESET_SCOPES.includes(name.trim())) {
      throw badRequest(`Invalid resetScope '${name.trim()}'. Allowed: ${RESET_SCOPES.join(', ')}.`)
    }
  }
  call.provisioning.restart(job.id, resetScope === undefined ? undefined : String(resetScope))
  return NO_CONTENT
}

/** On one job, or on the collection before there is one: then the body names the template and the credentials. */
async function validateCredentials(call: Call): Promise<GraphResponse> {
  const { id } = requireSynchronized(call, call.params.id!)
  const body = call.json()
  if (call.params.jobId) requireJob(call)
  else if (typeof body.templateId !== 'string') {
    throw new GraphFailure(
      400,
      'RequestMissingRequiredParameter',
      "The request is missing the required parameter 'templateId'.",
    )
  }
  const secrets =
    body.useSavedCredentials === true ? (call.tenant.secrets.get(id) ?? {}) : readPairs(body.credentials, 'credentials')
  const forced = call.settings.forcedValidation
  const answer =
    forced === null
      ? await call.provisioning.validateCredentials(secrets)
      : forced === 'ok'
        ? { ok: true as const }
        : { ok: false as const, ...forced }
  if (!answer.ok) throw new GraphFailure(answer.status, answer.code, answer.message)
  return NO_CONTENT
}
