import { type Graph, GraphError } from '../../../provider/graph/client.ts'
import { query } from '../../../provider/graph/odata.ts'
import type { DirectoryCache, Kept } from './cache.ts'
import { type DeltaItem, mustStartAgain, type Reference, readDelta } from './delta.ts'
import { unknownProperty } from './select.ts'

/** A user as Graph tells it, with the properties asked for. */
export type DirectoryUser = Record<string, unknown> & { id: string; manager?: { id: string } | null }

export interface UserReading {
  graph: Graph
  properties: readonly string[]
  withManager: boolean
  /** Undefined: nothing is kept. */
  cache: DirectoryCache | undefined
  /** Told of properties that Graph does not know. */
  onUnreadable(property: string): void
}

/** The largest page that Graph gives (graph-api.md 5.2). */
const PAGE = 999

/** All users who are not deleted, page by page; a rerun asks for what has changed. */
export async function* readUsers(reading: UserReading): AsyncGenerator<DirectoryUser> {
  const known = await readable(reading)
  const of = ['users', known.graph.tenantId, known.properties.join(), String(known.withManager)]
  const kept = await known.cache?.open(of)
  const changes = kept && (await changesSince(known.graph, kept))
  if (kept && changes) yield* rewritten(known, of, kept, changes)
  else yield* listed(known, of)
}

/** Asks for one user, so that a property that Graph does not know is found before anything long begins. */
async function readable(reading: UserReading): Promise<UserReading> {
  try {
    await reading.graph.get(`/users${query({ $select: reading.properties.join(), $top: 1 })}`)
    return reading
  } catch (error) {
    const property = error instanceof GraphError && error.status === 400 ? unknownProperty(error.detail) : undefined
    if (property === undefined || !reading.properties.includes(property)) throw error
    reading.onUnreadable(property)
    return readable({ ...reading, properties: reading.properties.filter((name) => name !== property) })
  }
}

async function* listed(reading: UserReading, of: readonly string[]): AsyncGenerator<DirectoryUser> {
  const { graph, properties, withManager, cache } = reading
  // The link comes first: what changes while the list is read is told again by the next round.
  const link = cache && (await latest(reading))
  const writer = link === undefined ? undefined : cache!.writer(of, [link])
  const options: Record<string, string | number> = { $select: properties.join(), $top: PAGE }
  if (withManager) options.$expand = 'manager($select=id)'
  for await (const user of graph.list<DirectoryUser>(`/users${query(options)}`)) {
    const full = writer?.write(JSON.stringify(user))
    if (full) await full
    yield user
  }
  await writer?.finish()
}

/** Undefined where Graph does not follow one of the properties: then nothing is kept. */
async function latest({ graph, properties, withManager }: UserReading): Promise<string | undefined> {
  const $select = [...properties, ...(withManager ? ['manager'] : [])].join()
  try {
    return await readDelta(graph, `/users/delta${query({ $select, $deltatoken: 'latest' })}`, () => {})
  } catch (error) {
    if (error instanceof GraphError && (error.status < 500 || error.status === 501)) return undefined
    throw error
  }
}

interface Changes {
  /** Null: deleted. */
  items: Map<string, DeltaItem | null>
  link: string
}

async function changesSince(graph: Graph, { header }: Kept): Promise<Changes | undefined> {
  const items: Changes['items'] = new Map()
  try {
    const link = await readDelta(graph, header.links[0]!, (item) => {
      items.set(item.id, item['@removed'] ? null : { ...items.get(item.id), ...item })
    })
    return { items, link }
  } catch (error) {
    if (mustStartAgain(error)) return undefined
    throw error
  }
}

async function* rewritten(
  { cache }: UserReading,
  of: readonly string[],
  kept: Kept,
  { items, link }: Changes,
): AsyncGenerator<DirectoryUser> {
  const writer = cache!.writer(of, [link])
  for await (const line of kept.lines) {
    const user = JSON.parse(line) as DirectoryUser
    const change = items.get(user.id)
    items.delete(user.id)
    if (change === null) continue
    const now = change ? merged(user, change) : user
    await writer.write(change ? JSON.stringify(now) : line)
    yield now
  }
  for (const [id, change] of items) {
    if (change === null) continue
    const user = merged({ id }, change)
    await writer.write(JSON.stringify(user))
    yield user
  }
  await writer.finish()
}

function merged(user: DirectoryUser, { 'manager@delta': managers, ...change }: DeltaItem): DirectoryUser {
  if (managers === undefined) return { ...user, ...change }
  const manager = (managers as Reference[]).find((one) => !one['@removed'])
  return { ...user, ...change, manager: manager ? { id: manager.id } : null }
}
