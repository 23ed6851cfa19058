import type { StackConfig } from '../../../config/schema.ts'
import { type Graph, GraphError, missesPermission } from '../../../provider/graph/client.ts'
import { query } from '../../../provider/graph/odata.ts'
import type { ServicePrincipal } from '../../../provider/resources/common/graphTypes.ts'
import type { ObjectRules, Rules } from '../../../sync/rules.ts'
import type { SourceObject } from '../decide/foresight.ts'
import type { Links } from '../decide/links.ts'
import type { References } from '../decide/references.ts'
import type { Kind } from '../model.ts'
import type { DirectoryCache } from './cache.ts'
import { type Assigned, type Entitled, entitledBy, readAssignments, withFile, withoutNewGroups } from './entitled.ts'
import { type DirectoryGroup, readGroups, readNested } from './groups.ts'
import { selectionFor } from './select.ts'
import { readUsers } from './users.ts'

export interface DirectoryReading {
  graph: Graph
  config: StackConfig
  /** Undefined while the application is not there yet. */
  servicePrincipal: ServicePrincipal | undefined
  rules: Rules
  links: Links
  /** The job has run before: who is in deleted items may be managed. */
  ran: boolean
  cache: DirectoryCache | undefined
  unknowns: string[]
  progress(text: string): void
}

/**
 * Reads users and groups, with who is assigned once the file is applied, and hands them on one by one: users first, as a
 * cycle has it. Of those deleted, only those are told whom the job may manage.
 */
export async function readDirectory(
  reading: DirectoryReading,
  onObject: (object: SourceObject) => void,
): Promise<References> {
  const { rules, ran } = reading
  const { entitled, groups } = await readEntitled(reading)
  const references = { managers: new Map<string, string>(), members: new Map<string, string[]>() }
  const seen = new Set<string>()
  const tell = (object: SourceObject) => {
    seen.add(object.id)
    onObject(object)
  }
  if (rules.user) {
    await tellUsers(reading, rules.user, entitled, references.managers, tell)
    if (ran) await tellDeleted(reading, rules.user, entitled, tell)
  }
  if (rules.group) {
    const mapsMembers = rules.group.references.length > 0
    for (const group of groups.values()) {
      if (mapsMembers)
        references.members.set(
          group.id,
          group.members.map(({ id }) => id),
        )
      tell(groupObject(group, entitled))
    }
    if (ran) {
      await tellUnassignedGroups(reading, groups, entitled, tell)
      await tellDeleted(reading, rules.group, entitled, tell)
    }
  }
  tellGone(reading.links, seen, tell)
  return references
}

async function readEntitled(
  reading: DirectoryReading,
): Promise<{ entitled: Entitled; groups: Map<string, DirectoryGroup> }> {
  const { graph, config, servicePrincipal, rules, cache, unknowns } = reading
  const roles = servicePrincipal?.appRoles ?? []
  const now: Assigned = servicePrincipal ? await readAssignments(graph, servicePrincipal.id) : new Map()
  const { assignments, newGroups } = await withoutNewGroups(graph, config)
  const file = await withFile(graph, now, assignments, roles)
  if (newGroups.length > 0) {
    unknowns.push(
      `who is in ${newGroups.join(', ')}: the update makes these groups first, so their members are not counted`,
    )
  }
  if (config.assignments && !config.assignments.exclusive && file.others > 0) {
    unknowns.push(
      `${file.others} assignments that the file does not name count as staying: those that an earlier update of this stack made are taken back by the next one`,
    )
  }
  const syncAll = config.scope === 'all'
  const { properties } = selectionFor(rules.group, 'group')
  const assignedGroups = Array.from(file.assigned).flatMap(([id, { isGroup }]) => (isGroup ? id : []))
  const ids = syncAll && rules.group ? null : assignedGroups
  const groups = await orUnknown(
    () => readGroups(graph, properties, ids, cache),
    new Map<string, DirectoryGroup>(),
    unknowns,
    'who is assigned through a group: groups and their members could not be read (GroupMember.Read.All)',
  )
  const inner = new Set(
    assignedGroups.flatMap((id) => (groups.get(id)?.members ?? []).flatMap((one) => (one.isGroup ? one.id : []))),
  )
  const nested = new Map<string, string[]>()
  for (const id of inner) nested.set(id, await orUnknown(() => readNested(graph, id), [], [], ''))
  return { entitled: entitledBy(file.assigned, groups, nested, roles, syncAll), groups }
}

async function orUnknown<T>(work: () => Promise<T>, otherwise: T, unknowns: string[], what: string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!missesPermission(error)) throw error
    unknowns.push(what)
    return otherwise
  }
}

async function tellUsers(
  { graph, cache, unknowns, progress }: DirectoryReading,
  rules: ObjectRules,
  entitled: Entitled,
  managers: Map<string, string>,
  tell: (object: SourceObject) => void,
): Promise<void> {
  const { properties, unreadable } = selectionFor(rules, 'user')
  const missing = [...unreadable]
  const withManager = rules.references.some(({ sourceAttribute }) => sourceAttribute === 'manager')
  let read = 0
  for await (const user of readUsers({
    graph,
    properties,
    withManager,
    cache,
    onUnreadable: (property) => missing.push(property),
  })) {
    if (user.manager) managers.set(user.id, user.manager.id)
    tell(userObject(user, rules, entitled, false))
    read += 1
    if (read % 10_000 === 0) progress(`read ${read} users of the directory`)
  }
  if (missing.length > 0) unknowns.push(`values made of ${missing.join(', ')}: Graph does not tell them`)
}

function userObject(
  user: Record<string, unknown>,
  rules: ObjectRules,
  entitled: Entitled,
  softDeleted: boolean,
): SourceObject {
  const id = user.id as string
  const assigned = entitled.user(id)
  return {
    kind: 'user',
    id,
    name: String(user.displayName ?? ''),
    login: (user.userPrincipalName as string | null) ?? null,
    object: user,
    softDeleted,
    assigned,
    roles: assigned && rules.readsRoles ? entitled.roles(id) : [],
    unassigned: assigned ? undefined : entitled.missed(id),
    guest: user.userType === 'Guest',
  }
}

function groupObject(group: Record<string, unknown>, entitled: Entitled, softDeleted = false): SourceObject {
  const id = group.id as string
  const securityEnabled = group.securityEnabled !== false
  return {
    kind: 'group',
    id,
    name: String(group.displayName ?? ''),
    login: null,
    object: group,
    softDeleted,
    assigned: entitled.group({ id, securityEnabled }),
    roles: [],
    unassigned: securityEnabled ? undefined : { reason: 'groupNotSecurityEnabled' },
  }
}

/** Groups that the job manages and that are assigned no more. */
async function tellUnassignedGroups(
  { graph, rules, links }: DirectoryReading,
  known: ReadonlyMap<string, DirectoryGroup>,
  entitled: Entitled,
  tell: (object: SourceObject) => void,
): Promise<void> {
  const left = Array.from(links.entries()).flatMap(([id, { kind }]) => (kind === 'group' && !known.has(id) ? [id] : []))
  const $select = selectionFor(rules.group, 'group').properties.join()
  const items = left.map((id) => ({ method: 'GET' as const, url: `/groups/${id}${query({ $select })}` }))
  const answers = await graph.batch(items)
  answers.forEach((answer, index) => {
    if (answer.status === 404) return
    if (answer.status >= 300) throw graph.failure(items[index]!, answer)
    tell(groupObject(answer.body as Record<string, unknown>, entitled))
  })
}

/** Who is in deleted items, and may be managed. */
async function tellDeleted(
  { graph, links, unknowns }: DirectoryReading,
  rules: ObjectRules,
  entitled: Entitled,
  tell: (object: SourceObject) => void,
): Promise<void> {
  const kind: Kind = rules.objectType
  const $select = selectionFor(rules, kind).properties.join()
  const path = `/directory/deletedItems/microsoft.graph.${kind}${query({ $select, $top: 999 })}`
  try {
    for await (const item of graph.list<Record<string, unknown> & { id: string }>(path)) {
      if (links.complete && !links.of(item.id)) continue
      tell(kind === 'user' ? userObject(item, rules, entitled, true) : groupObject(item, entitled, true))
    }
  } catch (error) {
    if (!(error instanceof GraphError) || error.status >= 500) throw error
    unknowns.push(
      `which ${kind}s are in deleted items, and so disabled rather than deleted: ${error.code || error.status}`,
    )
  }
}

/** Whom the job manages, and the directory no longer has. */
function tellGone(links: Links, seen: ReadonlySet<string>, tell: (object: SourceObject) => void): void {
  for (const [id, { kind, name, login }] of links.entries()) {
    if (seen.has(id)) continue
    tell({ kind, id, name, login, object: undefined, softDeleted: false, assigned: false, roles: [] })
  }
}
