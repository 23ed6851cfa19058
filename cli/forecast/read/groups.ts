import type { Graph } from '../../../provider/graph/client.ts'
import { literal, query } from '../../../provider/graph/odata.ts'
import type { DirectoryCache } from './cache.ts'
import { type DeltaItem, mustStartAgain, type Reference, readDelta } from './delta.ts'

/** A group as Graph tells it, with its direct members. */
export type DirectoryGroup = Record<string, unknown> & {
  id: string
  displayName: string | null
  securityEnabled: boolean
  members: Member[]
}

export interface Member {
  id: string
  isGroup: boolean
}

/** Most ids that a delta query's filter names (graph-api.md 5.4). */
const MOST_IDS = 50

/**
 * Groups with their direct members, by delta queries from the first time on: they tell members of many groups at once.
 * @param ids of the groups; null: all
 */
export async function readGroups(
  graph: Graph,
  properties: readonly string[],
  ids: readonly string[] | null,
  cache: DirectoryCache | undefined,
): Promise<Map<string, DirectoryGroup>> {
  const parts = ids === null ? [null] : chunks(ids.toSorted(), MOST_IDS)
  const groups = new Map<string, DirectoryGroup>()
  for (const part of parts) {
    const of = ['groups', graph.tenantId, properties.join(), part?.join() ?? 'all']
    const kept = await keptGroups(cache, of)
    const $select = [...properties, 'members'].join()
    const options: Record<string, string> = { $select }
    if (part) options.$filter = part.map((id) => `id eq ${literal(id)}`).join(' or ')
    const first = `/groups/delta${query(options)}`
    let found = kept?.groups ?? new Map<string, DirectoryGroup>()
    const link = await readDelta(graph, kept?.link ?? first, (item) => merge(found, item)).catch((error: Error) => {
      if (!kept || !mustStartAgain(error)) throw error
      found = new Map()
      return readDelta(graph, first, (item) => merge(found, item))
    })
    const writer = cache?.writer(of, [link])
    for (const group of found.values()) {
      await writer?.write(JSON.stringify(group))
      groups.set(group.id, group)
    }
    await writer?.finish()
  }
  return groups
}

async function keptGroups(cache: DirectoryCache | undefined, of: readonly string[]) {
  const kept = await cache?.open(of)
  if (!kept) return undefined
  const groups = new Map<string, DirectoryGroup>()
  for await (const line of kept.lines) {
    const group = JSON.parse(line) as DirectoryGroup
    groups.set(group.id, group)
  }
  return { groups, link: kept.header.links[0]! }
}

/** A large group is told in several entries, and its members in each (graph-api.md 5.4). */
function merge(groups: Map<string, DirectoryGroup>, { 'members@delta': members, ...item }: DeltaItem): void {
  if (item['@removed']) {
    groups.delete(item.id)
    return
  }
  const before = groups.get(item.id)
  const held = before?.members ?? []
  groups.set(item.id, {
    ...before,
    ...item,
    members: members ? changed(held, members as Reference[]) : held,
  } as DirectoryGroup)
}

function changed(before: Member[], changes: readonly Reference[]): Member[] {
  const members = new Map(before.map((member) => [member.id, member]))
  for (const { id, '@odata.type': type, '@removed': removed } of changes) {
    if (removed) members.delete(id)
    else members.set(id, { id, isGroup: type === '#microsoft.graph.group' })
  }
  return [...members.values()]
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let start = 0; start < list.length; start += size) out.push(list.slice(start, start + size))
  return out
}

/** Everybody below the groups that stand in others, whom an assignment of the outer one does not reach. */
export async function readNested(graph: Graph, groupId: string): Promise<string[]> {
  const members = await graph.collect<{ id: string }>(
    `/groups/${groupId}/transitiveMembers${query({ $select: 'id', $top: 999 })}`,
  )
  return members.map(({ id }) => id)
}
