import { ACCESS } from '../../access.ts'
import { problemsOf } from '../../contract/validate.ts'
import { badRequest, GraphFailure, unknownError } from '../../errors.ts'
import { findApplication, requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'
import { schemaInForce } from './schema.ts'

export const onDemandRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/servicePrincipals/:id/synchronization/jobs/:jobId/provisionOnDemand',
    access: ACCESS.writeSynchronization,
    handler: provisionOnDemand,
  },
]

/** Graph's synchronizationJobSubject. */
export interface OnDemandSubject {
  objectId: string
  objectTypeName: string
  links?: { members?: OnDemandSubject[] } | null
}

/** Graph's synchronizationJobApplicationParameters. */
export interface OnDemandParameters {
  ruleId: string
  subjects: OnDemandSubject[]
}

/**
 * What the provisioning service does with them. The outcome is Graph's stringKeyStringValuePair, both JSON as text.
 * @throws RangeError for more than it takes at once, naming the limit
 */
export type ProvisionOnDemand = (
  jobId: string,
  parameters: OnDemandParameters[],
) => Promise<{ key: string; value: string }>

async function provisionOnDemand(call: Call): Promise<GraphResponse> {
  const { id, status } = requireJob(call)
  if (status.code === 'Quarantine' || !ownsBoth(call)) throw unknownError()
  const parameters = readParameters(call)
  const { provisionOnDemand: provision } = call.provisioning as { provisionOnDemand?: ProvisionOnDemand }
  if (!provision) throw new GraphFailure(501, 'NotImplemented', 'This operation target is not yet supported.')
  try {
    const { key, value } = await provision(id, parameters)
    return ok({ '@odata.context': call.context('microsoft.graph.stringKeyStringValuePair'), key, value })
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(error.message)
    throw error
  }
}

/**
 * Who may act by ownership alone owns the application beside the service principal; and nobody provisions on demand while
 * the job is in quarantine. Both were seen with Microsoft's own validator of SCIM endpoints.
 */
function ownsBoth(call: Call): boolean {
  const { roles, objectId } = call.request.caller
  if (ACCESS.writeSynchronization.anyOf.some((role) => roles.has(role))) return true
  const { appId } = requireSynchronized(call, call.params.id!)
  return findApplication(call, `appId=${appId}`)?.ownerIds.includes(objectId) ?? false
}

/** The list comes in an object, as `parameters`; each names a rule of the job's schema and at least one subject. */
function readParameters(call: Call): OnDemandParameters[] {
  const { parameters } = call.json()
  if (!Array.isArray(parameters) || parameters.length === 0) {
    throw new GraphFailure(
      400,
      'RequestMissingRequiredParameter',
      "The request is missing the required parameter 'parameters'.",
    )
  }
  const known = schemaInForce(call).synchronizationRules.map(({ id }) => id)
  for (const one of parameters as Partial<OnDemandParameters>[]) {
    const [problem] = problemsOf('synchronizationJobApplicationParameters', one)
    if (problem) throw badRequest(`The parameters are not as Graph defines them: ${problem}.`)
    if (!known.includes(one.ruleId)) throw badRequest(`There is no rule '${one.ruleId}'. Rules: ${known.join(', ')}.`)
    const subjects = one.subjects ?? []
    if (subjects.length === 0 || subjects.some(({ objectId, objectTypeName }) => !objectId || !objectTypeName)) {
      throw badRequest('Each of the subjects has an objectId and an objectTypeName.')
    }
  }
  return parameters as OnDemandParameters[]
}
