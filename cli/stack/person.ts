import { type Graph, isNotFound } from '../../provider/graph/client.ts'
import { isObjectId } from '../../provider/graph/odata.ts'

/**
 * The object id of a user named by it or by user principal name.
 * @throws when there is nobody of that name
 */
export async function userId(graph: Graph, nameOrId: string): Promise<string> {
  if (isObjectId(nameOrId)) return nameOrId
  try {
    return (await graph.get<{ id: string }>(`/users/${encodeURIComponent(nameOrId)}?$select=id`)).id
  } catch (error) {
    if (!isNotFound(error)) throw error
    throw new Error(
      `there is no user '${nameOrId}' in tenant ${graph.tenantId}: give the user principal name, or the object id of one who was deleted`,
    )
  }
}
