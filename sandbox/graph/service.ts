import { isObject } from '../object.ts'
import type { Arrival } from '../tenant/lag.ts'
import { replicaOf } from '../tenant/replica.ts'
import { ACCESS, authorize } from './access.ts'
import { audited } from './audit/record.ts'
import { batchHandler } from './batch.ts'
import { badRequest, errorBody, GraphFailure, unknownToProvisioning } from './errors.ts'
import type { Call, GraphRequest, GraphResponse, GraphServices } from './request.ts'
import { type Route, Router } from './router.ts'
import { applicationRoutes } from './routes/applications.ts'
import { assignmentRoutes } from './routes/assignments.ts'
import { auditLogRoutes } from './routes/auditLog.ts'
import { deletedItemRoutes } from './routes/deletedItems.ts'
import { deltaRoutes } from './routes/delta/index.ts'
import { directoryRoutes } from './routes/directory.ts'
import { federatedCredentialRoutes } from './routes/federatedCredentials.ts'
import { groupRoutes } from './routes/groups.ts'
import { licenceRoutes } from './routes/licences.ts'
import { memberRoutes } from './routes/members.ts'
import { membershipRoutes } from './routes/memberships.ts'
import { organizationRoutes } from './routes/organization.ts'
import { provisioningLogRoutes } from './routes/provisioningLog.ts'
import { servicePrincipalRoutes } from './routes/servicePrincipals.ts'
import { belowApplications } from './routes/synchronization/belowApplication.ts'
import { synchronizationRoutes } from './routes/synchronization/index.ts'
import { templateRoutes } from './routes/templates.ts'
import { userRoutes } from './routes/users.ts'
import { Throttle } from './throttle.ts'

const BATCH = '/$batch'

export interface GraphSurface {
  /** Never rejects: every failure is an answer. */
  handle(request: GraphRequest, ids: { requestId: string; clientRequestId: string }): Promise<GraphResponse>
}

/** Microsoft Graph over one tenant, without the wire. */
export function createGraphSurface(services: GraphServices): GraphSurface {
  const throttle = new Throttle(services.clock, services.settings, () => services.tenant.users.size)
  const surface: GraphSurface = {
    async handle(request, ids) {
      try {
        return await dispatch(request)
      } catch (error) {
        const failure =
          error instanceof GraphFailure ? error : new GraphFailure(500, 'InternalServerError', String(error))
        return {
          status: failure.status,
          headers: failure.headers,
          body: errorBody(failure, ids.requestId, ids.clientRequestId, services.clock.now()),
        }
      }
    },
  }
  const routes: Route[] = [
    ...templateRoutes,
    ...applicationRoutes,
    ...federatedCredentialRoutes,
    ...servicePrincipalRoutes,
    ...synchronizationRoutes,
    ...assignmentRoutes,
    ...deltaRoutes,
    ...userRoutes,
    ...groupRoutes,
    ...memberRoutes,
    ...membershipRoutes,
    ...directoryRoutes,
    ...organizationRoutes,
    ...licenceRoutes,
    ...provisioningLogRoutes,
    ...auditLogRoutes,
    ...deletedItemRoutes,
    { method: 'POST', pattern: BATCH, access: ACCESS.anyone, handler: batchHandler(surface) },
  ]
  const kept = routes.map((route) => ({ ...route, handler: audited(route.method, route.pattern, route.handler) }))
  const router = new Router([...kept, ...belowApplications(kept)])

  async function dispatch(request: GraphRequest): Promise<GraphResponse> {
    const match = router.match(request.method, request.path)
    if (!match) throw unroutable(request, router.serves(request.path))
    // The requests in a batch count, the batch does not.
    const headers = match.route.pattern === BATCH ? {} : throttle.admit(request)
    const { route, params } = match
    const call = toCall(seenBy(services, route), request, params)
    authorize(route.access, call)
    const response = await services.tenant.lag.during(arrival(services, request), () => route.handler(call))
    return { ...response, headers: { ...headers, ...response.headers } }
  }
  return surface
}

/** Readers see what has arrived; a write works on what is, lest it undo one that is late. */
function seenBy(services: GraphServices, { method, reads }: Route): GraphServices {
  const isLate = services.tenant.lag.settle(services.clock.now())
  return isLate && (reads || method === 'GET') ? { ...services, tenant: replicaOf(services.tenant) } : services
}

/** When readers see what a request writes. */
function arrival({ clock, settings }: GraphServices, { lagMs = 0 }: GraphRequest): Arrival {
  const after = (ms: number) => (ms > 0 ? clock.now() + ms : 0)
  return { made: after(Math.max(lagMs, settings.replicationDelayMs)), changed: after(lagMs) }
}

function unroutable({ method, path }: GraphRequest, isServed: boolean): GraphFailure {
  if (isServed) {
    if (path.includes('/synchronization/')) return unknownToProvisioning(path)
    return new GraphFailure(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
  }
  return badRequest(
    `Resource not found for the segment '${path.split('/').at(-1)}' (the sandbox serves no ${method} ${path}).`,
    'BadRequest',
  )
}

function toCall(services: GraphServices, request: GraphRequest, params: Record<string, string>): Call {
  return {
    ...services,
    request,
    params,
    json() {
      if (isObject(request.body)) return request.body
      throw badRequest('Empty Payload. JSON content expected.', 'BadRequest')
    },
    context: (what) => `${services.url()}/${request.version}/$metadata#${what}`,
    nowIso: () => new Date(services.clock.now()).toISOString(),
  }
}
