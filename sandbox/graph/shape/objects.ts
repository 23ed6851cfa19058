import type { Tenant } from '../../tenant/tenant.ts'
import { type ListOptions, viewOn } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import type { Call } from '../request.ts'
import { APPLICATION_LIST, SERVICE_PRINCIPAL_LIST } from './applications.ts'
import { GROUP_LIST, USER_LIST } from './directory.ts'

/** What Graph calls the types of directory objects in its texts. */
export const RESOURCE_NAMES = {
  user: 'User',
  group: 'Group',
  application: 'Application',
  servicePrincipal: 'ServicePrincipal',
} as const

/** Any directory object by id, as collections of mixed types show it; undefined when there is none or it is deleted. */
export function objectView(
  call: Call,
  id: string,
  selected: string | null = null,
): Record<string, unknown> | undefined {
  const { users, groups, servicePrincipals, applications } = call.tenant
  const shown = <T extends { deletedDateTime: string | null }>(options: ListOptions<T>, object: T | undefined) =>
    object?.deletedDateTime === null
      ? { '@odata.type': `#${options.type}`, ...select(viewOn(call, options, object), selected, options.defaults) }
      : undefined
  return (
    shown(USER_LIST, users.get(id)) ??
    shown(GROUP_LIST, groups.get(id)) ??
    shown(SERVICE_PRINCIPAL_LIST, servicePrincipals.get(id)) ??
    shown(APPLICATION_LIST, applications.get(id))
  )
}

export const typed = (type: string, view: Record<string, unknown>) => ({
  '@odata.type': `#microsoft.graph.${type}`,
  ...view,
})

/** `#microsoft.graph.user` and so on; undefined for an id that no directory object has, deleted ones included. */
export function typeNameOf({ users, groups, servicePrincipals }: Tenant, id: string): string | undefined {
  const type = users.get(id) ? 'user' : groups.get(id) ? 'group' : servicePrincipals.get(id) && 'servicePrincipal'
  return type && `#microsoft.graph.${type}`
}
