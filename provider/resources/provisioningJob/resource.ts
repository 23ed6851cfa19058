import { isDeepStrictEqual } from 'node:util'
import { changesBetween } from '../common/changes.ts'
import { checkInputs } from '../common/check.ts'
import { servicePrincipalIdOf, servicePrincipalPath } from '../common/ids.ts'
import { isKnown } from '../common/unknown.ts'
import { type MaybeUnknown, type Resource, UNKNOWN } from '../resource.ts'
import { acquireJob, chooseTemplate } from './acquire.ts'
import { converge } from './converge.ts'
import { asksForSchema, type SchemaInputs } from './edit.ts'
import {
  type ProvisioningJobInputs as Inputs,
  type ProvisioningJobOutputs as Outputs,
  provisioningJobSchema,
} from './inputs.ts'
import { deleteJob, getJob, isOn, jobPath, listTemplates, parseJobId, pauseJob } from './job.ts'
import { findJob, isGone, readState } from './read.ts'
import { applySchema, getSchema, getTemplateSchema, rehearseSchema } from './schemaCalls.ts'
import { blankSecrets, listSecrets } from './secrets.ts'
import { onceUsable } from './usable.ts'

const REPLACING = ['servicePrincipalId', 'templateId']

export const provisioningJob: Resource<Inputs, Outputs> = {
  token: 'entrasync:index:ProvisioningJob',
  secretOutputs: ['credentials.clientSecret'],
  check: (news) => checkInputs<Inputs>(provisioningJobSchema, news),

  diff(olds, news) {
    const changes = changesBetween(comparable(olds.inputs), comparable(news as object as Inputs), REPLACING)
    // Naming the template that is in use, or no longer naming it, changes nothing.
    const { templateId } = news as Inputs
    if (templateId === undefined || templateId === olds.outputs.resolvedTemplateId) delete changes.templateId
    // A job that was found in quarantine is tested and restarted.
    if (olds.outputs.quarantine && (news as Inputs).status === 'on') changes.quarantine = 'update'
    // A service principal has one job of a template: the old one would be adopted in place of a new one.
    return { changes, deleteBeforeReplace: true }
  },

  async preview(news, olds, context) {
    if (news === UNKNOWN) return UNKNOWN_OUTPUTS
    const replaced = olds && Object.values(this.diff(olds, news).changes).some((kind) => kind.endsWith('-replace'))
    const graph = context.graph.during(context.signal)
    const asked = schemaInputsOf(news)
    if (olds && !replaced) {
      const { servicePrincipalId, jobId } = parseJobId(olds.id)
      const path = jobPath(servicePrincipalId, jobId)
      if (asked && !isDeepStrictEqual(asked, schemaInputsOf(olds.inputs))) {
        await rehearseSchema(getSchema(graph, path), olds.inputs, asked)
      }
      const same = news.status === olds.inputs.status
      return same ? pick(olds.outputs) : { ...pick(olds.outputs), scheduleState: UNKNOWN, statusCode: UNKNOWN }
    }
    if (news.servicePrincipalId === UNKNOWN || news.templateId === UNKNOWN) return UNKNOWN_OUTPUTS
    const { servicePrincipalId } = news
    const templates = await onceUsable(graph, servicePrincipalId, () => listTemplates(graph, servicePrincipalId))
    const { id } = chooseTemplate(templates, news as Inputs)
    if (asked && asksForSchema(asked)) {
      await rehearseSchema(getTemplateSchema(graph, servicePrincipalId, id), undefined, asked)
    }
    return { ...UNKNOWN_OUTPUTS, resolvedTemplateId: id }
  },

  async create(news, context) {
    const graph = context.graph.during(context.signal)
    const start = await acquireJob(graph, news, context.urn)
    if (!start.created) context.log('info', `adopts job ${start.job.id}, which is already there`)
    const outputs = await converge(graph, { ...start, olds: undefined }, news, context)
    return { id: `${servicePrincipalPath(news.servicePrincipalId)}/synchronization/jobs/${start.job.id}`, outputs }
  },

  read: (state, context) => readState(context.graph.during(context.signal), state, context.log),

  async update(olds, news, context) {
    const graph = context.graph.during(context.signal)
    const { servicePrincipalId, jobId } = parseJobId(olds.id)
    const [job, secrets] = await Promise.all([
      getJob(graph, jobPath(servicePrincipalId, jobId)),
      listSecrets(graph, servicePrincipalId),
    ])
    const { created, connectionTested, mappingDrift } = olds.outputs
    const start = { job, secrets, created, olds: { inputs: olds.inputs, connectionTested, mappingDrift } }
    return converge(graph, start, news, context)
  },

  async delete({ id, inputs, outputs }, context) {
    const graph = context.graph.during(context.signal)
    const { servicePrincipalId, jobId } = parseJobId(id)
    const path = jobPath(servicePrincipalId, jobId)
    const job = await findJob(graph, servicePrincipalId, path)
    if (!job && (await isGone(graph, servicePrincipalId))) return
    if (job && isOn(job)) await pauseJob(graph, path)
    if (outputs.created) await deleteJob(graph, path)
    else if (job) {
      context.log('info', `job ${jobId} was there before: it is stopped and left in place`)
      if (asksForSchema(inputs)) await applySchema(graph, path, inputs, { additionalMappings: [], scopingFilters: {} })
    }
    await blankSecrets(graph, servicePrincipalId, outputs.secretKeys)
  },
}

/** What concerns the schema; undefined while part of it is unknown. */
function schemaInputsOf({
  additionalMappings,
  scopingFilters,
  groupMapping,
}: MaybeUnknown<Inputs> & object): SchemaInputs | undefined {
  const asked: MaybeUnknown<SchemaInputs> = { additionalMappings, scopingFilters, groupMapping }
  return isKnown<SchemaInputs>(asked) ? asked : undefined
}

const UNKNOWN_OUTPUTS: MaybeUnknown<Outputs> & object = {
  jobId: UNKNOWN,
  resolvedTemplateId: UNKNOWN,
  scheduleState: UNKNOWN,
  statusCode: UNKNOWN,
  quarantine: UNKNOWN,
  lastExecution: UNKNOWN,
  mappingDrift: UNKNOWN,
  created: UNKNOWN,
  secretKeys: UNKNOWN,
  connectionTested: UNKNOWN,
}

/** Waiting is a wish for the run at hand and changes nothing that lasts; both forms of the id are the same object. */
function comparable(inputs: Inputs): Record<string, unknown> {
  const { waitForFirstCycle: _, servicePrincipalId, ...rest } = inputs
  return {
    ...rest,
    servicePrincipalId:
      typeof servicePrincipalId === 'string' ? servicePrincipalIdOf(servicePrincipalId) : servicePrincipalId,
  }
}

/** State holds inputs and outputs together; only the latter are wanted. */
function pick(state: Outputs): Outputs {
  const names = Object.keys(UNKNOWN_OUTPUTS) as (keyof Outputs)[]
  return Object.fromEntries(names.map((name) => [name, state[name]])) as unknown as Outputs
}
