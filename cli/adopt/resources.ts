/** What the tenant has for each resource of the program, as the resources themselves read it. */
import type { Graph } from '../../provider/graph/client.ts'
import type {
  AppRoleAssignmentsInputs,
  AppRoleAssignmentsOutputs,
} from '../../provider/resources/appRoleAssignments/inputs.ts'
import { resolvePrincipals } from '../../provider/resources/appRoleAssignments/principals.ts'
import { appRoleAssignments } from '../../provider/resources/appRoleAssignments/resource.ts'
import type {
  GalleryApplicationInputs,
  GalleryApplicationOutputs,
} from '../../provider/resources/galleryApplication/inputs.ts'
import { galleryApplication } from '../../provider/resources/galleryApplication/resource.ts'
import type {
  Credentials,
  ProvisioningJobInputs,
  ProvisioningJobOutputs,
} from '../../provider/resources/provisioningJob/inputs.ts'
import { jobResourceId } from '../../provider/resources/provisioningJob/job.ts'
import { provisioningJob } from '../../provider/resources/provisioningJob/resource.ts'
import type { Context } from '../../provider/resources/resource.ts'
import type { ScimConfigurationInputs } from '../../provider/resources/scimConfiguration/inputs.ts'
import { createScimConfiguration } from '../../provider/resources/scimConfiguration/resource.ts'
import type { Env } from '../stack/tenant.ts'
import type { Bundled } from './bundled.ts'
import type { PreviewStep, ResourceState, There } from './state.ts'

export interface Sources {
  graph: Graph
  env: Env
  servicePrincipalId: string
  jobId: string
  bundled: Bundled | undefined
  /** Of the file, where it has one; Graph never tells it. */
  clientSecret: string
}

/** By URN, for the resources that the program would make and that are there. */
export async function readThere(steps: readonly PreviewStep[], sources: Sources): Promise<Map<string, There>> {
  const there = new Map<string, There>()
  const made = steps.flatMap(({ op, newState }) => (op === 'create' && newState?.custom ? [newState] : []))
  const one = (type: string) => made.find((state) => state.type === `entrasync:index:${type}`)
  const note = async (type: string, read: (state: ResourceState) => Promise<There | undefined>) => {
    const state = one(type)
    const found = state && (await read(state))
    if (found) there.set(state.urn, found)
    return found
  }
  const application = await note('GalleryApplication', (state) => readApplication(state, sources))
  const target = await note('ScimConfiguration', (state) => readTarget(state, sources))
  await note('AppRoleAssignments', (state) => readAssignments(state, sources))
  const created = (application?.outputs as GalleryApplicationOutputs | undefined)?.created ?? false
  await note('ProvisioningJob', (state) => readJob(state, sources, target, created))
  return there
}

async function readApplication(state: ResourceState, sources: Sources): Promise<There> {
  const id = `/servicePrincipals/${sources.servicePrincipalId}`
  const context = contextFor(state, sources)
  const inputs = state.inputs as unknown as GalleryApplicationInputs
  const first = await galleryApplication.read({ id, inputs: undefined, outputs: undefined }, context)
  // Read again with what is known, so that what the program says in other words counts as the same.
  const found = first && (await galleryApplication.read({ id, inputs, outputs: first.outputs }, context))
  if (!found) throw new Error(`the application ${id} was deleted meanwhile`)
  return { ...found, secrets: galleryApplication.secretOutputs }
}

/** Those whom the file names and who are not assigned are left to the next update. */
async function readAssignments(state: ResourceState, sources: Sources): Promise<There> {
  const { graph, servicePrincipalId } = sources
  const context = contextFor(state, sources)
  const asked = state.inputs as unknown as AppRoleAssignmentsInputs
  const id = `/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`
  const all = await appRoleAssignments.read(
    { id, inputs: { ...asked, groups: [], users: [], exclusive: true }, outputs: undefined },
    context,
  )
  if (!all) throw new Error(`the application of ${id} was deleted meanwhile`)
  const named = await resolvePrincipals(graph, asked)
  const principals = named.flatMap(({ name, id: principalId, displayName, type }) => {
    const assigned = all.outputs.principals.find((other) => other.id === principalId)
    return assigned ? [{ name, id: principalId, displayName, type, assignmentId: assigned.assignmentId }] : []
  })
  const names = new Set(principals.map(({ name }) => name))
  const inputs: AppRoleAssignmentsInputs = {
    ...asked,
    servicePrincipalId,
    groups: asked.groups.filter((name) => names.has(name)),
    users: asked.users.filter((name) => names.has(name)),
  }
  const outputs: AppRoleAssignmentsOutputs = { appRoleId: all.outputs.appRoleId, principals, warnings: [] }
  const found = await appRoleAssignments.read({ id, inputs, outputs }, context)
  return { ...found!, secrets: appRoleAssignments.secretOutputs }
}

async function readJob(
  state: ResourceState,
  sources: Sources,
  target: There | undefined,
  created: boolean,
): Promise<There> {
  const { servicePrincipalId, jobId, clientSecret } = sources
  const asked = state.inputs as unknown as ProvisioningJobInputs
  // What comes from another resource is not known in a preview.
  const from = (target?.outputs ?? asked.credentials) as Credentials
  const { tenantUrl, tokenEndpoint, clientId } = from
  const inputs = {
    ...asked,
    servicePrincipalId,
    credentials: { tenantUrl, tokenEndpoint, clientId, clientSecret: target ? '' : clientSecret },
  }
  const id = jobResourceId(servicePrincipalId, jobId)
  // Nobody has tested what is saved: the first update that changes anything writes and tests it.
  const outputs = { created, connectionTested: false } as ProvisioningJobOutputs
  const found = await provisioningJob.read({ id, inputs, outputs }, contextFor(state, sources))
  if (!found) throw new Error(`the job ${id} was deleted meanwhile`)
  return { ...found, secrets: provisioningJob.secretOutputs }
}

async function readTarget(state: ResourceState, sources: Sources): Promise<There | undefined> {
  const { bundled, env } = sources
  if (!bundled) return undefined
  const resource = createScimConfiguration({ env })
  const id = `${bundled.apiUrl}/configurations/${bundled.id}`
  const found = await resource.read({ id, inputs: undefined, outputs: undefined }, contextFor(state, sources))
  if (!found) return undefined
  const asked = state.inputs as unknown as ScimConfigurationInputs
  const { name, defaultLicence } = found.inputs
  const inputs = { ...asked, name, defaultLicence }
  return { id: found.id, inputs, outputs: found.outputs, secrets: resource.secretOutputs }
}

function contextFor({ urn }: ResourceState, { graph }: Sources): Context {
  return { graph, urn, signal: new AbortController().signal, log: () => {}, progress: () => {} }
}
