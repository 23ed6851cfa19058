import type { Tenant } from '../../tenant/tenant.ts'
import { select } from '../odata/select.ts'
import { servicePrincipalView } from './applications.ts'
import { groupView, USER_DEFAULTS, userView } from './directory.ts'

/** Any directory object by id, as collections of mixed types show it; undefined when there is none or it is deleted. */
export function objectView(
  tenant: Tenant,
  id: string,
  selected: string | null = null,
): Record<string, unknown> | undefined {
  const user = tenant.users.get(id)
  if (user)
    return user.deletedDateTime === null ? typed('user', select(userView(user), selected, USER_DEFAULTS)) : undefined
  const group = tenant.groups.get(id)
  if (group) return group.deletedDateTime === null ? typed('group', select(groupView(group), selected)) : undefined
  const principal = tenant.servicePrincipals.get(id)
  if (!principal || principal.deletedDateTime !== null) return undefined
  return typed('servicePrincipal', select(servicePrincipalView(principal), selected))
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
