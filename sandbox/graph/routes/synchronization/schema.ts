import { checkSchema } from '../../../../sync/check.ts'
import { SchemaError } from '../../../../sync/rules.ts'
import type { SynchronizationSchema } from '../../../../sync/schema.ts'
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
  const checked = checkedSchema(call, job.factory ?? job.templateId, sent)
  const schema = { ...checked, id: job.id, version: nextVersion(schemaInForce(call).version) }
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

/**
 * Graph's types, then all that would keep the service from working by it: Microsoft documents no answer to a schema that
 * cannot be used, and without one it would be found out by a job in quarantine.
 * @param factory id of the template whose directories are meant where the client left them out
 * @throws GraphFailure 400 `InvalidSchema` with all that is wrong, an expression's mistake with its position
 */
export function checkedSchema(call: Call, factory: string, sent: Record<string, unknown>): Record<string, unknown> {
  const rules = sent.synchronizationRules
  if (!Array.isArray(rules) || rules.length === 0) throw invalid(['it has no synchronizationRules'])
  const [problem] = problemsOf('synchronizationSchema', sent)
  if (problem) throw invalid([problem])
  const { directories } = call.templateSchema(factory) as SynchronizationSchema
  try {
    checkSchema({ directories, ...sent } as SynchronizationSchema, call.settings)
  } catch (error) {
    if (error instanceof SchemaError) throw invalid(error.problems)
    throw error
  }
  return sent
}

const invalid = (problems: string[]) =>
  badRequest(`The synchronization schema is not valid: ${problems.join('; ')}.`, 'InvalidSchema')
