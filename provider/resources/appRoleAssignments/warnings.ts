import type { BatchItem, Graph } from '../../graph/client.ts'
import { query } from '../../graph/odata.ts'
import type { Principal } from './principals.ts'

interface Member {
  '@odata.type'?: string
  displayName?: string | null
}

/** What can be assigned but would not be provisioned. Source: Microsoft Entra, "How provisioning works", scoping. */
export async function warningsFor(graph: Graph, principals: readonly Principal[]): Promise<string[]> {
  const groups = principals.filter(({ type }) => type === 'Group')
  const items: BatchItem[] = groups.map(({ id }) => ({
    method: 'GET',
    url: `/groups/${id}/members${query({ $select: 'id,displayName', $top: 999 })}`,
  }))
  const answers = await graph.batch(items)
  return [
    ...groups.flatMap((group, index) => {
      const { status, body } = answers[index]!
      const own = group.securityEnabled
        ? []
        : [`group '${group.displayName}' is not a security group: Entra provisions none of its members`]
      // Without the right to read members there is nothing to warn of; assigning works all the same.
      return status < 300 ? [...own, ...memberWarnings(group, (body as { value: Member[] }).value)] : own
    }),
    ...principals
      .filter(({ disabled }) => disabled)
      .map(
        ({ displayName, name }) =>
          `user '${displayName}' (${name}) is disabled in Entra: it would not be created in the application`,
      ),
  ]
}

function memberWarnings(group: Principal, members: readonly Member[]): string[] {
  if (members.length === 0 && group.dynamic) return []
  if (members.length === 0) return [`group '${group.displayName}' has no members: nobody is provisioned through it`]
  const nested = members.filter((member) => member['@odata.type'] === '#microsoft.graph.group')
  if (nested.length === 0) return []
  const names = nested.map(({ displayName }) => `'${displayName ?? 'unnamed'}'`).join(', ')
  return [
    `group '${group.displayName}' contains ${names}: Entra provisions direct members only, so assign ${nested.length === 1 ? 'that group' : 'those groups'} too`,
  ]
}
