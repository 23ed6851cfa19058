import { isDeepStrictEqual } from 'node:util'
import type { Application, AppRole, ServicePrincipal } from '../tenant/model.ts'
import { badRequest } from './errors.ts'
import { applicationView } from './shape/applications.ts'

interface Entitlement {
  id: string
  isEnabled: boolean
}

/** What an application exposes, and its service principal shows (Graph: servicePrincipal resource). */
interface Exposed {
  appRoles: AppRole[]
  appDescription: unknown
  appDisplayName: string
  oauth2PermissionScopes: Entitlement[]
  servicePrincipalNames: string[]
  signInAudience: unknown
}

function exposedBy(application: Application): Exposed {
  const { api, identifierUris, description, signInAudience } = applicationView(application)
  return {
    appRoles: application.appRoles,
    appDescription: description,
    appDisplayName: application.displayName,
    oauth2PermissionScopes: (api as { oauth2PermissionScopes: Entitlement[] }).oauth2PermissionScopes,
    servicePrincipalNames: [application.appId, ...(identifierUris as string[])],
    signInAudience,
  }
}

/** The service principal with all that its application exposes, or with what is different since `before`. */
export function inheriting(
  principal: ServicePrincipal,
  application: Application,
  before?: Application,
): ServicePrincipal {
  const former: Partial<Exposed> = before ? exposedBy(before) : {}
  const changed = Object.entries(exposedBy(application)).filter(
    ([name, value]) => !isDeepStrictEqual(value, former[name as keyof Exposed]),
  )
  const { appRoles = principal.appRoles, ...other } = Object.fromEntries(changed) as Partial<Exposed>
  return { ...principal, appRoles, other: { ...principal.other, ...other } }
}

/**
 * A role or scope is disabled by one request before another one removes it.
 * @throws GraphFailure 400 for one that is enabled and no longer listed
 */
export function requireDisabled(before: Application, now: Application): void {
  const [former, left] = [before, now].map(exposedBy) as [Exposed, Exposed]
  requireDisabledIn(former.appRoles, left.appRoles)
  requireDisabledIn(former.oauth2PermissionScopes, left.oauth2PermissionScopes)
}

function requireDisabledIn(former: Entitlement[], left: Entitlement[]): void {
  const listed = new Set(left.map(({ id }) => id))
  if (!former.some(({ id, isEnabled }) => isEnabled && !listed.has(id))) return
  throw badRequest(
    'Permission (scope or role) cannot be deleted or updated unless disabled first.',
    'CannotDeleteOrUpdateEnabledEntitlement',
  )
}
