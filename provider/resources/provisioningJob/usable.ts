import { type Graph, isBlankUnauthorized, isNotFound } from '../../graph/client.ts'
import { literal, query } from '../../graph/odata.ts'
import { servicePrincipalPath } from '../common/ids.ts'

/** Milliseconds after its creation in which an application may be unknown to the synchronization service. */
const REPLICATION = 120_000
/** Milliseconds in which the directory itself may not know it; whoever made it has waited already. */
const UNKNOWN_OBJECT = 20_000

/**
 * The first look at a service principal's synchronization. Just after creation it answers 404, or the same 401
 * `UnknownError` as for a missing permission; only the application's age tells them apart.
 */
export async function onceUsable<T>(graph: Graph, servicePrincipalId: string, look: () => Promise<T>): Promise<T> {
  const began = graph.now()
  let created: number | undefined
  return graph.waitFor<T>({
    what: `service principal ${servicePrincipalId} to be known to the synchronization service`,
    timeout: REPLICATION,
    check: async () => {
      try {
        return { done: true, value: await look() }
      } catch (error) {
        if (!isNotFound(error) && !isBlankUnauthorized(error)) throw error
        created ??= await creationOf(graph, servicePrincipalId)
        const waits = created === undefined ? began + UNKNOWN_OBJECT : created + REPLICATION
        if (!(graph.now() < waits)) throw error
        return { done: false, seen: `${error.status} ${error.code}` }
      }
    },
  })
}

/** Milliseconds since the epoch, NaN when Graph does not say; undefined when there is no such object yet. */
async function creationOf(graph: Graph, servicePrincipalId: string): Promise<number | undefined> {
  try {
    const path = `${servicePrincipalPath(servicePrincipalId)}${query({ $select: 'appId' })}`
    const { appId } = await graph.get<{ appId: string }>(path)
    const { value } = await graph.get<{ value: { createdDateTime: string | null }[] }>(
      `/applications${query({ $filter: `appId eq ${literal(appId)}`, $select: 'createdDateTime' })}`,
    )
    return Date.parse(value[0]?.createdDateTime ?? '')
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
