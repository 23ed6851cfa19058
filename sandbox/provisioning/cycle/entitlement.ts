import { entitlesMembers, grantsAccess } from '../../../sync/entitlement.ts'
import type { Complex } from '../../../sync/values.ts'
import type { AppRoleAssignment, Group } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'

/** Who is assigned to the application, or everybody where all are synchronized. */
export interface Entitlement {
  user(id: string): boolean
  group(id: string): boolean
  users(): Set<string>
  groups(): Set<string>
  /** Roles held directly or through a group, as the attribute `appRoleAssignments`. */
  roles(userId: string): Complex[]
}

/** Only direct members of an assigned group count. */
export function entitlementOf(store: TenantStore, servicePrincipalId: string, syncAll: boolean): Entitlement {
  const roles = new Map(
    store.servicePrincipals
      .get(servicePrincipalId)
      ?.appRoles.filter((role) => role.isEnabled)
      .map((role) => [role.id, role]),
  )
  const grants = ({ appRoleId, resourceId }: AppRoleAssignment): boolean =>
    resourceId === servicePrincipalId && grantsAccess(appRoleId, roles)
  const direct = (principalId: string): AppRoleAssignment[] => store.assignmentsTo(principalId).filter(grants)
  const usable = (id: string): Group | undefined => {
    const group = store.groups.get(id)
    return group && entitlesMembers(group) && group.deletedDateTime === null ? group : undefined
  }
  const through = (userId: string): AppRoleAssignment[] => [
    ...direct(userId),
    ...store.groupsOf(userId).flatMap((group) => (usable(group) ? direct(group) : [])),
  ]
  const principals = (): Set<string> =>
    new Set(
      store
        .assignmentsOf(servicePrincipalId)
        .filter(grants)
        .map(({ principalId }) => principalId),
    )
  return {
    user: (id) => syncAll || through(id).length > 0,
    group: (id) => usable(id) !== undefined && (syncAll || direct(id).length > 0),
    users() {
      if (syncAll) return new Set(Array.from(store.users.values(), (user) => user.id))
      const found = new Set<string>()
      for (const principal of principals()) {
        if (store.users.get(principal)) found.add(principal)
        for (const member of usable(principal)?.memberIds ?? []) if (store.users.get(member)) found.add(member)
      }
      return found
    },
    groups() {
      const all = syncAll ? Array.from(store.groups.values(), (group) => group.id) : [...principals()]
      return new Set(all.filter((id) => usable(id)))
    },
    roles: (userId) =>
      through(userId).flatMap(({ appRoleId }) => {
        const role = roles.get(appRoleId)
        return role ? [{ id: role.id, displayName: role.displayName, value: role.value ?? '' }] : []
      }),
  }
}
