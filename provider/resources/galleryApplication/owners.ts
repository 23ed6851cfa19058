import type { BatchAnswer, BatchItem, Graph } from '../../graph/client.ts'
import { isObjectId } from '../../graph/odata.ts'

/** Object id of each owner, in order; all that are unknown are said at once. */
export async function resolveOwners(graph: Graph, owners: readonly string[]): Promise<string[]> {
  const named = owners.filter((owner) => !isObjectId(owner))
  if (named.length === 0) return [...owners]
  const items: BatchItem[] = named.map((upn) => ({
    method: 'GET',
    url: `/users/${encodeURIComponent(upn)}?$select=id`,
  }))
  const answers = await graph.batch(items)
  const unknown = named.filter((_, index) => answers[index]!.status === 404)
  if (unknown.length > 0) {
    throw new Error(
      `owners: tenant ${graph.tenantId} has no user ${unknown.map((upn) => `'${upn}'`).join(', ')}: give user principal names or object ids`,
    )
  }
  const ids = new Map(
    named.map((upn, index) => {
      const answer = answers[index]!
      if (answer.status >= 300) throw graph.failure(items[index]!, answer)
      return [upn, (answer.body as { id: string }).id]
    }),
  )
  return owners.map((owner) => ids.get(owner) ?? owner)
}

/** Owners of the application and of its service principal: permissions by ownership need both. */
export async function changeOwners(
  graph: Graph,
  objects: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): Promise<void> {
  const additions = await Promise.all(
    added.map(async (id) => ({ '@odata.id': await graph.address(`/directoryObjects/${id}`) })),
  )
  const items = objects.flatMap((object): BatchItem[] => [
    ...additions.map((body): BatchItem => ({ method: 'POST', url: `${object}/owners/$ref`, body })),
    ...removed.map((id): BatchItem => ({ method: 'DELETE', url: `${object}/owners/${id}/$ref` })),
  ])
  if (items.length === 0) return
  const answers = await graph.batch(items)
  answers.forEach((answer, index) => {
    if (answer.status >= 300 && !isDone(items[index]!, answer)) throw graph.failure(items[index]!, answer)
  })
}

function isDone({ method }: BatchItem, { status, body }: BatchAnswer): boolean {
  if (method === 'DELETE') return status === 404
  const message = (body as { error?: { message?: string } } | undefined)?.error?.message ?? ''
  return status === 400 && message.includes('already exist')
}
