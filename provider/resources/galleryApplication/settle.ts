import { type Graph, isNotFound } from '../../graph/client.ts'
import { query } from '../../graph/odata.ts'
import { APP_FIELDS, type App, SERVICE_PRINCIPAL_FIELDS, type ServicePrincipal } from '../common/graphTypes.ts'

/** Milliseconds that a directory object may take to reach all of Entra's replicas. */
const REPLICATION = 120_000

/** Waits until both halves of a freshly made application can be read. */
export async function readable(
  graph: Graph,
  appId: string,
  servicePrincipalId: string,
): Promise<[App, ServicePrincipal]> {
  return Promise.all([
    present<App>(graph, `/applications/${appId}${query({ $select: APP_FIELDS })}`, `application ${appId}`),
    present<ServicePrincipal>(
      graph,
      `/servicePrincipals/${servicePrincipalId}${query({ $select: SERVICE_PRINCIPAL_FIELDS })}`,
      `service principal ${servicePrincipalId}`,
    ),
  ])
}

function present<T>(graph: Graph, path: string, name: string): Promise<T> {
  return graph.waitFor<T>({
    what: `${name} to be readable`,
    timeout: REPLICATION,
    check: () => unlessMissing(async () => ({ done: true, value: await graph.get<T>(path) })),
  })
}

/** A write to an object that some replicas do not have yet. */
export function whenPresent(
  graph: Graph,
  name: string,
  write: () => Promise<void>,
  timeout = REPLICATION,
): Promise<void> {
  return graph.waitFor<void>({
    what: `${name} to take changes`,
    timeout,
    check: () => unlessMissing(async () => ({ done: true, value: await write() })),
  })
}

async function unlessMissing<T>(look: () => Promise<{ done: true; value: T }>) {
  try {
    return await look()
  } catch (error) {
    if (!isNotFound(error)) throw error
    return { done: false, seen: '404 not found' } as const
  }
}

/** Waits until the object answers 404; false when it is still there at the end. */
export async function gone(graph: Graph, path: string, timeout: number): Promise<boolean> {
  try {
    await graph.waitFor({
      what: `${path} to be gone`,
      timeout,
      check: async () => {
        try {
          await graph.get(`${path}${query({ $select: 'id' })}`)
          return { done: false, seen: 'still there' }
        } catch (error) {
          if (isNotFound(error)) return { done: true, value: undefined }
          throw error
        }
      },
    })
    return true
  } catch (error) {
    if ((error as Error).name === 'WaitTimeout') return false
    throw error
  }
}
