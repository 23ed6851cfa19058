import { SchemaError } from '../../../../sync/rules.ts'
import { OnDemandError } from '../../../provisioning/onDemand/parameters.ts'
import { ACCESS } from '../../access.ts'
import { badRequest, GraphFailure, unknownError } from '../../errors.ts'
import { findApplication, requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { requireJob } from './jobs.ts'

export const onDemandRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/servicePrincipals/:id/synchronization/jobs/:jobId/provisionOnDemand',
    access: ACCESS.writeSynchronization,
    handler: provisionOnDemand,
  },
]

async function provisionOnDemand(call: Call): Promise<GraphResponse> {
  const { id, status } = requireJob(call)
  if (status.code === 'Quarantine' || !ownsBoth(call)) throw unknownError()
  const { parameters } = call.json()
  if (parameters === undefined) {
    throw new GraphFailure(
      400,
      'RequestMissingRequiredParameter',
      "The request is missing the required parameter 'parameters'.",
    )
  }
  try {
    const { key, value } = await call.provisioning.provisionOnDemand(id, parameters)
    return ok({ '@odata.context': call.context('microsoft.graph.stringKeyStringValuePair'), key, value })
  } catch (error) {
    if (error instanceof OnDemandError) throw badRequest(error.message)
    if (error instanceof SchemaError) throw badRequest(error.message, 'InvalidSchema')
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
