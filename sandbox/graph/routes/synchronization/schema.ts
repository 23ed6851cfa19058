import type { SynchronizationTemplate } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { problemsOf } from '../../contract/validate.ts'
import { badRequest } from '../../errors.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'
import { factoryOf, requireTemplate, templatesOf } from './templates.ts'

const BASE = '/servicePrincipals/:id/synchronization'
const SCHEMA = `${BASE}/jobs/:jobId/schema`

export const schemaRoutes: Route[] = [
  {
    method: 'GET',
    pattern: `${BASE}/templates/:templateId/schema`,
    access: ACCESS.readSynchronization,
    handler: getTemplate,
  },
  { method: 'GET', pattern: SCHEMA, access: ACCESS.readSynchronization, handler: get },
  { method: 'PUT', pattern: SCHEMA, access: ACCESS.writeSynchronization, handler: put },
  { method: 'DELETE', pattern: SCHEMA, access: ACCESS.writeSynchronization, handler: reset },
]

export interface Schema {
  id: string
  version: string
  synchronizationRules: { id?: string; name?: unknown; objectMappings: { attributeMappings: unknown[] }[] }[]
  directories?: { id: string }[]
  [name: string]: unknown
}

function getTemplate(call: Call): GraphResponse {
  const { templateId } = call.params
  const schema = templateSchemaOf(call, requireTemplate(call))
  const id = `${templateId}.00000000000000000000000000000000`
  return ok({
    '@odata.context': call.context(
      `servicePrincipals('${call.params.id}')/synchronization/templates('${templateId}')/schema/$entity`,
    ),
    ...schema,
    id,
  })
}

/** What the owner of the application wrote, else what comes with the implementation. */
export const templateSchemaOf = (call: Call, template: SynchronizationTemplate): Schema =>
  (template.schema ?? call.templateSchema(factoryOf(template))) as Schema

/** What the job was given, else its template's. */
export function schemaInForce(call: Call): Schema {
  const job = requireJob(call)
  return { ...((job.schema ?? call.templateSchema(job.factory ?? job.templateId)) as Schema), id: job.id }
}

function get(call: Call): GraphResponse {
  const schema = schemaInForce(call)
  const context = `servicePrincipals('${call.params.id}')/synchronization/jobs('${schema.id}')/schema/$entity`
  return ok({ '@odata.context': call.context(context), ...schema })
}

/** Replaces the whole schema; the next cycle reads every object again (Entra: customizing attribute mappings). */
function put(call: Call): GraphResponse {
  const job = requireJob(call)
  const { '@odata.context': _, '@odata.type': __, ...sent } = call.json()
  const schema = { ...checkedSchema(sent), id: job.id, version: nextVersion(schemaInForce(call).version) }
  call.tenant.jobs.put(job.id, { ...job, schema, watermark: null })
  return NO_CONTENT
}

function reset(call: Call): GraphResponse {
  const job = requireJob(call)
  const template = templatesOf(call).find(({ id }) => id === job.templateId)
  call.tenant.jobs.put(job.id, { ...job, schema: template?.schema ?? null, watermark: null })
  return NO_CONTENT
}

export const nextVersion = (version: string | undefined): string =>
  `v1.${Number(/^v1\.(\d+)$/.exec(version ?? '')?.[1] ?? 0) + 1}`

/** @throws GraphFailure 400 */
export function checkedSchema(sent: Record<string, unknown>): Record<string, unknown> {
  const rules = sent.synchronizationRules as Schema['synchronizationRules'] | undefined
  if (!Array.isArray(rules) || rules.length === 0) throw invalid('it has no synchronizationRules')
  for (const rule of rules) {
    if (!Array.isArray(rule?.objectMappings)) throw invalid(`rule '${rule?.name}' has no objectMappings`)
    for (const mapping of rule.objectMappings) {
      if (!Array.isArray(mapping?.attributeMappings)) throw invalid('an object mapping has no attributeMappings')
    }
  }
  const [problem] = problemsOf('synchronizationSchema', sent)
  if (problem) throw invalid(problem)
  return sent
}

const invalid = (why: string) => badRequest(`The synchronization schema is not valid: ${why}.`, 'InvalidSchema')
