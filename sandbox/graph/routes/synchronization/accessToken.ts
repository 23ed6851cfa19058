import { ACCESS } from '../../access.ts'
import { GraphFailure } from '../../errors.ts'
import { requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, NO_CONTENT } from '../../request.ts'
import type { Route } from '../../router.ts'
import { readPairs } from '../../secretKeys.ts'

export const accessTokenRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/servicePrincipals/:id/synchronization/acquireAccessToken',
    access: ACCESS.writeSynchronization,
    handler: acquire,
  },
]

/** By the authorization code among the credentials; token and credentials are kept (Graph: synchronization: acquireAccessToken). */
async function acquire(call: Call): Promise<GraphResponse> {
  const { id } = requireSynchronized(call, call.params.id!)
  const outcome = await call.provisioning.acquireAccessToken(id, readPairs(call.json().credentials, 'credentials'))
  if (!outcome.ok) throw new GraphFailure(outcome.status, outcome.code, outcome.message)
  return NO_CONTENT
}
