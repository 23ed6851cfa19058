import { type Graph, isBlankUnauthorized, isNotFound } from '../../graph/client.ts'
import { servicePrincipalPath } from '../common/ids.ts'
import type { Context, State } from '../resource.ts'
import { outputsOf } from './converge.ts'
import { importSchema, mappingDrift, readSchema } from './drift.ts'
import type { ProvisioningJobInputs as Inputs, ProvisioningJobOutputs as Outputs } from './inputs.ts'
import { getJob, isOn, type Job, jobPath, jobResourceId, parseJobId } from './job.ts'
import { getSchema, getTemplateSchema } from './schemaCalls.ts'
import { listSecrets, readableSecrets, readSecrets } from './secrets.ts'

/** Begins the warning about what the caller may not read, and so has no differences. */
export const NOT_COMPARED = 'not compared: '

/**
 * What Graph holds in the program's terms; the client secret is kept from the state, for it cannot be read. So is all
 * that stands beside it for a caller who may read jobs only.
 */
export async function readState(
  graph: Graph,
  state: { id: string; inputs: Inputs | undefined; outputs: Outputs | undefined },
  log: Context['log'],
): Promise<State<Inputs, Outputs> | null> {
  const { servicePrincipalId, jobId } = parseJobId(state.id)
  const path = jobPath(servicePrincipalId, jobId)
  const job = await findJob(graph, servicePrincipalId, path)
  if (!job) return null
  const [secrets, schema, template] = await Promise.all([
    // An import has nothing to keep.
    state.inputs ? readableSecrets(graph, servicePrincipalId) : listSecrets(graph, servicePrincipalId),
    getSchema(graph, path),
    getTemplateSchema(graph, servicePrincipalId, job.templateId),
  ])
  if (!secrets)
    log(
      'warning',
      `${NOT_COMPARED}credentials, scope, notificationEmail, accidentalDeletions and skipOutOfScopeDeletions, which the caller may not read: it takes Synchronization.ReadWrite.All, or Application.ReadWrite.OwnedBy and ownership`,
    )
  const prior = state.inputs ?? { ...BLANK, servicePrincipalId }
  const asked = state.inputs ? readSchema(prior, schema) : importSchema(schema, template)
  const settings = secrets ? readSecrets(prior, secrets) : prior
  const inputs: Inputs = { ...settings, ...asked, status: isOn(job) ? 'on' : 'off' }
  const outputs = outputsOf(
    job,
    { created: state.outputs?.created ?? false, olds: undefined },
    secrets?.map(({ key }) => key) ?? state.outputs?.secretKeys ?? [],
    state.outputs?.connectionTested ?? false,
  )
  return {
    id: jobResourceId(servicePrincipalId, job.id),
    inputs,
    outputs: { ...outputs, mappingDrift: mappingDrift(schema, template, asked) },
  }
}

/** Undefined also when the whole service principal is gone. */
export async function findJob(graph: Graph, servicePrincipalId: string, path: string): Promise<Job | undefined> {
  try {
    return await getJob(graph, path)
  } catch (error) {
    if (isNotFound(error)) return undefined
    if (isBlankUnauthorized(error) && (await isGone(graph, servicePrincipalId))) return undefined
    throw error
  }
}

/** Without its service principal a job answers 401, as it does for a missing permission. */
export async function isGone(graph: Graph, servicePrincipalId: string): Promise<boolean> {
  try {
    await graph.get(servicePrincipalPath(servicePrincipalId))
    return false
  } catch (error) {
    if (isNotFound(error)) return true
    throw error
  }
}

/** What an import starts from. */
export const BLANK: Omit<Inputs, 'servicePrincipalId'> = {
  credentials: { tenantUrl: '', tokenEndpoint: '', clientId: '', clientSecret: '' },
  scope: 'assigned',
  accidentalDeletions: { enabled: true, threshold: 500 },
  additionalMappings: [],
  scopingFilters: {},
  skipOutOfScopeDeletions: false,
  status: 'on',
  waitForFirstCycle: false,
}
