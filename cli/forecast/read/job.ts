import type { StackConfig } from '../../../config/schema.ts'
import { type Graph, missesPermission } from '../../../provider/graph/client.ts'
import type { ServicePrincipal } from '../../../provider/resources/common/graphTypes.ts'
import { mappingDrift } from '../../../provider/resources/provisioningJob/drift.ts'
import { editSchema, isExpression, type SchemaInputs } from '../../../provider/resources/provisioningJob/edit.ts'
import {
  hasRun,
  type Job,
  jobPath,
  listTemplates,
  quarantineOf,
} from '../../../provider/resources/provisioningJob/job.ts'
import type { MappingSource, Schema } from '../../../provider/resources/provisioningJob/schema.ts'
import { getSchema, getTemplateSchema } from '../../../provider/resources/provisioningJob/schemaCalls.ts'
import { listSecrets } from '../../../provider/resources/provisioningJob/secrets.ts'
import { templateSchema } from '../../../sync/defaults/templates.ts'
import { describeSource } from '../../../sync/expression/describe.ts'
import { parse } from '../../../sync/expression/parse.ts'
import type { SynchronizationSchema } from '../../../sync/schema.ts'
import type { Application } from '../../stack/application.ts'

/** The job as it will be once the stack's file is applied. */
export interface JobPlan {
  schema: SynchronizationSchema
  cycle: 'initial' | 'incremental'
  /** It has run before, so that it manages somebody. */
  ran: boolean
  /** What the file changes in it, and what keeps it from running; one line each. */
  changes: string[]
  unknowns: string[]
}

const asSchema = (schema: Schema) => schema as unknown as SynchronizationSchema

/** Reads the job, or what it will be made of, and applies the stack's file to it. Nothing is written. */
export async function planJob(
  graph: Graph,
  config: StackConfig,
  { servicePrincipal, job }: Partial<Application>,
  restart: boolean,
): Promise<JobPlan> {
  const unknowns: string[] = []
  const changes: string[] = []
  const inputs: SchemaInputs = {
    additionalMappings: config.additionalMappings,
    scopingFilters: config.scopingFilters ?? {},
    groupMapping: undefined,
  }
  const found = await schemaInForce(graph, config, servicePrincipal, job, unknowns)
  const schema = applied(found.schema, inputs)
  if (schema !== found.schema) changes.push('mappings and scoping filters are changed as the file says')
  if (job && found.template) {
    const drift = mappingDrift(found.schema, found.template, inputs)
    if (drift.length > 0) {
      unknowns.push(
        `the job differs from its template beyond the file, and is forecast as it is (${drift.join('; ')}): what an earlier update of this stack had added, and the file no longer names, is taken back by the next one`,
      )
    }
  }
  const ran = job !== undefined && hasRun(job)
  const rescoped =
    ran && servicePrincipal !== undefined && (await isRescoped(graph, servicePrincipal, config, unknowns))
  if (rescoped) changes.push(`the scope is changed to ${config.scope}`)
  const quarantine = job && quarantineOf(job)
  if (quarantine) changes.push(`the job is in quarantine (${quarantine.reason}); an update restarts it`)
  if (config.status === 'off') changes.push('entrada:status is off: nothing of this happens before it is on')
  const isInitial = !ran || restart || rescoped || schema !== found.schema || Boolean(quarantine)
  return { schema: asSchema(schema), cycle: isInitial ? 'initial' : 'incremental', ran, changes, unknowns }
}

interface Found {
  schema: Schema
  /** The template's own, where there is a job that may differ from it. */
  template?: Schema
}

async function schemaInForce(
  graph: Graph,
  config: StackConfig,
  servicePrincipal: ServicePrincipal | undefined,
  job: Job | undefined,
  unknowns: string[],
): Promise<Found> {
  if (!servicePrincipal) {
    unknowns.push(
      `the application '${config.displayName ?? config.application}' is not in the tenant yet, and its mappings are told only then: the usual ones are taken in their place`,
    )
    return { schema: templateSchema(config.application) as unknown as Schema }
  }
  const { id } = servicePrincipal
  if (job) {
    const [schema, template] = await Promise.all([
      getSchema(graph, jobPath(id, job.id)),
      getTemplateSchema(graph, id, job.templateId),
    ])
    return { schema: complete(schema, template), template }
  }
  const templates = await listTemplates(graph, id)
  const template = templates.find((one) => one.default) ?? templates[0]
  if (!template) throw new Error(`the application '${servicePrincipal.displayName}' has no synchronization template`)
  return { schema: await getTemplateSchema(graph, id, template.id) }
}

/** A client may have left the directories out of what it wrote. */
const complete = (schema: Schema, { directories }: Schema): Schema =>
  schema.directories ? schema : { ...schema, directories }

/** The same edit as the update makes; expressions are taken apart here, since Graph's own parser is asked by POST. */
function applied(schema: Schema, inputs: SchemaInputs): Schema {
  const expressions = inputs.additionalMappings.map(({ source }) => source).filter(isExpression)
  const parsed = expressions.map((expression): [string, MappingSource] => {
    try {
      return [expression, { ...describeSource(parse(expression)), expression } as MappingSource]
    } catch (error) {
      throw new Error(`additionalMappings: ${(error as Error).message}`)
    }
  })
  return editSchema(schema, undefined, inputs, new Map(parsed))
}

async function isRescoped(
  graph: Graph,
  { id }: ServicePrincipal,
  { scope }: StackConfig,
  unknowns: string[],
): Promise<boolean> {
  try {
    const syncAll = (await listSecrets(graph, id)).find(({ key }) => key === 'SyncAll')?.value
    return syncAll !== undefined && (syncAll.toLowerCase() === 'true') !== (scope === 'all')
  } catch (error) {
    if (!missesPermission(error)) throw error
    unknowns.push(
      'whether the scope is changed, which restarts the job: reading its settings takes Synchronization.ReadWrite.All',
    )
    return false
  }
}
