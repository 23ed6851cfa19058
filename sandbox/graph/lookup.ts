import type { Lagging } from '../tenant/lag.ts'
import type { Application, Group, ServicePrincipal, User } from '../tenant/model.ts'
import { notFound, unknownError } from './errors.ts'
import type { GraphServices } from './request.ts'

const ALTERNATE_KEY = /^appId=(.*)$/

/** By object id or `appId=…`; undefined while it is deleted or not replicated yet. */
export function findServicePrincipal(services: GraphServices, key: string): ServicePrincipal | undefined {
  const found = byKey(services.tenant.servicePrincipals, key)
  return found && isVisible(services, 'servicePrincipals', found) ? found : undefined
}

export function findApplication(services: GraphServices, key: string): Application | undefined {
  const found = byKey(services.tenant.applications, key)
  return found && isVisible(services, 'applications', found) ? found : undefined
}

export function requireServicePrincipal(services: GraphServices, key: string): ServicePrincipal {
  return required(findServicePrincipal(services, key), key)
}

export function requireApplication(services: GraphServices, key: string): Application {
  return required(findApplication(services, key), key)
}

/** The service principal of a synchronization call, which answers 401 instead of 404 while it is not replicated. */
export function requireSynchronized(services: GraphServices, key: string): ServicePrincipal {
  const visible = findServicePrincipal(services, key)
  if (visible) return visible
  throw hides(services, 'servicePrincipals', key) ? unknownError() : notFound(key)
}

/** By object id or user principal name. */
export function requireUser(services: GraphServices, key: string): User {
  const user = services.tenant.users.get(key) ?? services.tenant.userByName(key)
  return required(user && isVisible(services, 'users', user) ? user : undefined, key)
}

export function requireGroup(services: GraphServices, key: string): Group {
  const group = services.tenant.groups.get(key)
  return required(group && isVisible(services, 'groups', group) ? group : undefined, key)
}

/** Whether the object was made, and has not reached those who ask for it. */
export const hides = ({ tenant }: GraphServices, collection: Lagging, id: string): boolean =>
  tenant.lag.hides(collection, id)

function isVisible(
  services: GraphServices,
  collection: Lagging,
  { id, deletedDateTime }: { id: string; deletedDateTime: string | null },
): boolean {
  return deletedDateTime === null && !hides(services, collection, id)
}

/** All of an application: of those made one after the other, each but the last is in the deleted items. */
export function servicePrincipalsOf({ tenant }: GraphServices, appId: string): ServicePrincipal[] {
  return [...tenant.servicePrincipals.values()].filter((principal) => principal.appId === appId)
}

export const isLive = (object: { deletedDateTime: string | null }): boolean => object.deletedDateTime === null

/** What is in the deleted items is found by its object id alone. */
function byKey<T extends { appId: string; deletedDateTime: string | null }>(
  collection: { get(key: string): T | undefined; values(): Iterable<T> },
  key: string,
): T | undefined {
  const appId = ALTERNATE_KEY.exec(key)?.[1]
  if (appId === undefined) return collection.get(key)
  for (const item of collection.values()) if (item.appId === appId && isLive(item)) return item
  return undefined
}

function required<T>(found: T | undefined, key: string): T {
  if (found === undefined) throw notFound(key)
  return found
}
