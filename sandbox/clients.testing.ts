import { GRAPH_APP_ID } from './templates/graphPermissions.ts'

/** A call of Graph, below the version, that gives the body of its answer. */
export type Ask = <T>(method: string, path: string, body?: object) => Promise<T>

/** A new application with these permissions of Graph, by name, and no others. */
export async function applicationWith(ask: Ask, displayName: string, permissions: readonly string[]) {
  const { id, appId } = await ask<{ id: string; appId: string }>('POST', '/applications', { displayName })
  const principal = await ask<{ id: string }>('POST', '/servicePrincipals', { appId })
  const graph = await ask<{ id: string; appRoles: { id: string; value: string }[] }>(
    'GET',
    `/servicePrincipals(appId='${GRAPH_APP_ID}')`,
  )
  for (const role of graph.appRoles.filter(({ value }) => permissions.includes(value))) {
    const grant = { principalId: principal.id, resourceId: graph.id, appRoleId: role.id }
    await ask('POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, grant)
  }
  return { id, appId, principalId: principal.id }
}
