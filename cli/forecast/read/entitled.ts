import type { StackConfig } from '../../../config/schema.ts'
import type { Graph } from '../../../provider/graph/client.ts'
import { literal, query } from '../../../provider/graph/odata.ts'
import { resolvePrincipals } from '../../../provider/resources/appRoleAssignments/principals.ts'
import { chooseRole } from '../../../provider/resources/appRoleAssignments/role.ts'
import type { AppRole } from '../../../provider/resources/common/graphTypes.ts'
import { servicePrincipalPath } from '../../../provider/resources/common/ids.ts'
import { entitlesMembers, grantsAccess } from '../../../sync/entitlement.ts'
import type { Complex } from '../../../sync/values.ts'
import type { Reason } from '../model.ts'
import type { DirectoryGroup } from './groups.ts'

/** Roles by principal, users and groups alike. */
export type Assigned = Map<string, { isGroup: boolean; roles: string[] }>

interface Assignment {
  principalId: string
  principalType: string
  appRoleId: string
}

/** Who is assigned now. */
export async function readAssignments(graph: Graph, servicePrincipalId: string): Promise<Assigned> {
  const assigned: Assigned = new Map()
  const path = `${servicePrincipalPath(servicePrincipalId)}/appRoleAssignedTo${query({ $top: 999 })}`
  for await (const { principalId, principalType, appRoleId } of graph.list<Assignment>(path)) {
    add(assigned, principalId, principalType === 'Group', appRoleId)
  }
  return assigned
}

/**
 * Who will be assigned once the stack's file is applied.
 * @returns besides, how many are assigned now whom the file does not name
 */
export async function withFile(
  graph: Graph,
  now: Assigned,
  wanted: StackConfig['assignments'],
  roles: readonly AppRole[],
): Promise<{ assigned: Assigned; added: number; others: number }> {
  if (!wanted) return { assigned: now, added: 0, others: 0 }
  const principals = await resolvePrincipals(graph, wanted)
  const role = chooseRole(roles, wanted.role)
  const named = new Set(principals.map(({ id }) => id))
  const kept = wanted.exclusive ? [] : [...now]
  const assigned: Assigned = new Map(kept.map(([id, { isGroup, roles }]) => [id, { isGroup, roles: [...roles] }]))
  for (const { id, type } of principals) {
    if (!assigned.get(id)?.roles.includes(role)) add(assigned, id, type === 'Group', role)
  }
  return {
    assigned,
    added: [...named].filter((id) => !now.has(id)).length,
    others: [...now.keys()].filter((id) => !named.has(id)).length,
  }
}

/** The assignments that can be looked at already, and the groups among them that the update makes first. */
export async function withoutNewGroups(
  graph: Graph,
  { assignments, managedGroups }: Pick<StackConfig, 'assignments' | 'managedGroups'>,
): Promise<{ assignments: StackConfig['assignments']; newGroups: string[] }> {
  const managed = new Set(managedGroups.map(({ name }) => name.toLowerCase()))
  const asked = (assignments?.groups ?? []).filter((name) => managed.has(name.toLowerCase()))
  if (!assignments || asked.length === 0) return { assignments, newGroups: [] }
  const found = await Promise.all(
    asked.map((name) =>
      graph.collect(`/groups${query({ $filter: `displayName eq ${literal(name)}`, $select: 'id' })}`),
    ),
  )
  const newGroups = asked.filter((_, index) => found[index]!.length === 0)
  return {
    assignments: { ...assignments, groups: assignments.groups.filter((name) => !newGroups.includes(name)) },
    newGroups,
  }
}

function add(assigned: Assigned, principalId: string, isGroup: boolean, roleId: string): void {
  const before = assigned.get(principalId)
  if (before) before.roles.push(roleId)
  else assigned.set(principalId, { isGroup, roles: [roleId] })
}

/** Who counts as assigned, and why somebody does not. */
export interface Entitled {
  user(id: string): boolean
  group(group: { id: string; securityEnabled: boolean }): boolean
  roles(userId: string): Complex[]
  /** Undefined: there is nothing to say but that nobody assigned the user. */
  missed(userId: string): { reason: Reason; detail: string } | undefined
}

/** @param nested everybody below a group that stands in an assigned one, by the id of the inner group */
export function entitledBy(
  assigned: Assigned,
  groups: ReadonlyMap<string, DirectoryGroup>,
  nested: ReadonlyMap<string, readonly string[]>,
  appRoles: readonly AppRole[],
  syncAll: boolean,
): Entitled {
  const roles = new Map(appRoles.filter(({ isEnabled }) => isEnabled).map((role) => [role.id, role]))
  const granted = new Map<string, string[]>()
  for (const [id, { roles: all }] of assigned) {
    const granting = all.filter((roleId) => grantsAccess(roleId, roles))
    if (granting.length > 0) granted.set(id, granting)
  }
  const through = new Map<string, string[]>()
  const missed = new Map<string, { reason: Reason; detail: string }>()
  for (const id of granted.keys()) {
    const group = groups.get(id)
    if (!group) continue
    const name = `'${group.displayName ?? id}'`
    for (const member of group.members) {
      if (!entitlesMembers(group)) {
        missed.set(member.id, { reason: 'groupNotSecurityEnabled', detail: `in ${name}` })
        continue
      }
      if (!member.isGroup) through.set(member.id, [...(through.get(member.id) ?? []), id])
      for (const inner of (member.isGroup && nested.get(member.id)) || []) {
        if (!missed.has(inner)) missed.set(inner, { reason: 'nestedOnly', detail: `in a group that is in ${name}` })
      }
    }
  }
  const rolesOf = (userId: string) => [userId, ...(through.get(userId) ?? [])].flatMap((id) => granted.get(id) ?? [])
  return {
    user: (id) => syncAll || granted.has(id) || through.has(id),
    group: (group) => entitlesMembers(group) && (syncAll || granted.has(group.id)),
    roles: (userId) =>
      rolesOf(userId).flatMap((roleId) => {
        const role = roles.get(roleId)
        return role ? [{ id: role.id, displayName: role.displayName, value: role.value ?? '' }] : []
      }),
    missed: (userId) => missed.get(userId),
  }
}
