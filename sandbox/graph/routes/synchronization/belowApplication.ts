import { notFound } from '../../errors.ts'
import { isLive, requireApplication, servicePrincipalsOf } from '../../lookup.ts'
import type { Call, Handler } from '../../request.ts'
import type { Route } from '../../router.ts'

const OF_PRINCIPAL = '/servicePrincipals/:id/synchronization'
/** The same navigation is on applications (Graph's metadata); it leads to the service principal's. */
export const OF_APPLICATION = '/applications/:id/synchronization'

/** Routes below the synchronization of a service principal, once more below that of its application. */
export const belowApplications = (routes: Route[]): Route[] =>
  routes
    .filter(({ pattern }) => pattern.startsWith(OF_PRINCIPAL))
    .map((route) => ({
      ...route,
      pattern: route.pattern.replace(OF_PRINCIPAL, OF_APPLICATION),
      access: { ...route.access, owner: 'application' },
      handler: withPrincipal(route.handler),
    }))

/** The handler of a service principal's path, for that of its application. @throws GraphFailure 404 without either */
export const withPrincipal =
  (handler: Handler): Handler =>
  (call: Call) => {
    const { id } = call.params
    const principal = servicePrincipalsOf(call, requireApplication(call, id!).appId).find(isLive)
    if (!principal) throw notFound(id!)
    return handler({
      ...call,
      params: { ...call.params, id: principal.id },
      context: (what) => call.context(what.replace(/^servicePrincipals\('[^']*'\)/, `applications('${id}')`)),
    })
  }
