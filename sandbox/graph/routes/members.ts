import type { Group } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { referencedId, requireObject } from '../body.ts'
import { castType, checkCast } from '../casts.ts'
import { requireAssigned } from '../dynamicGroups.ts'
import { badRequest, notFound } from '../errors.ts'
import { isLive, requireGroup, requireServicePrincipal, requireUser } from '../lookup.ts'
import { countAnswer, type ListOptions, listAnswer } from '../odata/list.ts'
import { type Call, type GraphResponse, NO_CONTENT } from '../request.ts'
import type { Access, Route } from '../router.ts'
import { GROUP_LIST, USER_DEFAULTS, USER_LIST } from '../shape/directory.ts'
import { objectView, typeNameOf } from '../shape/objects.ts'
import { referenceIn } from './owners.ts'

const read = ACCESS.readGroups
const write = ACCESS.writeMembers
const MEMBERS = '/groups/:key/members'

interface Listing {
  access?: Access
  /** A cast of the list is always an advanced query. */
  advancedCast?: boolean
}

const listing = (
  pattern: string,
  ids: (call: Call) => string[],
  { access = read, advancedCast = false }: Listing = {},
): Route[] => [
  { method: 'GET', pattern, access, handler: (call) => listAnswer(call, ids(call), options(call)) },
  {
    method: 'GET',
    pattern: `${pattern}/$count`,
    access,
    handler: (call) => countAnswer(call, ids(call), options(call)),
  },
  {
    method: 'GET',
    pattern: `${pattern}/:cast`,
    access,
    handler(call) {
      const found = cast(call, ids(call))
      checkCast(call, advancedCast)
      return listAnswer(call, found, options(call))
    },
  },
  {
    method: 'GET',
    pattern: `${pattern}/:cast/$count`,
    access,
    handler: (call) => countAnswer(call, cast(call, ids(call)), options(call)),
  },
]

const userId = (call: Call): string => requireUser(call, call.params.key!).id
const groupId = (call: Call): string => requireGroup(call, call.params.key!).id
const principalId = (call: Call): string => requireServicePrincipal(call, call.params.id!).id

/** Who can be in groups. */
const PLACES: [place: string, idOf: (call: Call) => string, access: Access][] = [
  ['/groups/:key', groupId, read],
  ['/users/:key', userId, ACCESS.readMemberships],
  ['/servicePrincipals/:id', principalId, ACCESS.readMemberships],
]

export const memberRoutes: Route[] = [
  ...listing(MEMBERS, (call) => existing(call, requireGroup(call, call.params.key!).memberIds)),
  ...listing(
    '/groups/:key/transitiveMembers',
    (call) => existing(call, transitive(call, requireGroup(call, call.params.key!))),
    { advancedCast: true },
  ),
  ...PLACES.flatMap(([place, idOf, access]) => [
    ...listing(`${place}/memberOf`, (call) => groupsOf(call, idOf(call)), { access }),
    ...listing(`${place}/transitiveMemberOf`, (call) => allGroupsOf(call, idOf(call)), { access }),
  ]),
  ...listing('/users/:key/ownedObjects', (call) => ownedBy(call, userId(call)), { access: ACCESS.readObjects }),
  ...listing('/servicePrincipals/:id/ownedObjects', (call) => ownedBy(call, principalId(call)), {
    access: ACCESS.readApplications,
  }),
  {
    method: 'GET',
    pattern: `${MEMBERS}/:memberId/$ref`,
    access: read,
    handler: (call) => referenceIn(call, requireGroup(call, call.params.key!).memberIds, call.params.memberId!),
  },
  { method: 'POST', pattern: `${MEMBERS}/$ref`, access: write, handler: add },
  { method: 'DELETE', pattern: `${MEMBERS}/:memberId/$ref`, access: write, handler: remove },
]

const options = (call: Call): ListOptions<string> => ({
  type: 'microsoft.graph.directoryObject',
  context: 'directoryObjects',
  properties: new Set([...USER_LIST.properties, ...GROUP_LIST.properties]),
  view: (id) => shownTo(call, id),
  filtered: (id) => objectView(call, id, '*')!,
  annotate: (id) => shownTo(call, id),
  directoryObjects: true,
  searchable: ['displayName'],
})

const READERS = {
  user: ACCESS.readUsers,
  group: ACCESS.readGroupProfiles,
  servicePrincipal: ACCESS.readApplications,
  application: ACCESS.readApplications,
}

/** The object, or of an object that the caller may not read its type and id (Graph: limited information returned). */
function shownTo(call: Call, id: string): Record<string, unknown> {
  const selected = call.request.query.get('$select')
  const readers: readonly string[] = READERS[kindOf(call, id)].anyOf
  if (readers.some((role) => call.request.caller.roles.has(role))) return objectView(call, id, selected)!
  const names = selected?.split(',') ?? (kindOf(call, id) === 'user' ? USER_DEFAULTS : ['displayName'])
  return { '@odata.type': typeNameOf(call.tenant, id), ...Object.fromEntries(names.map((name) => [name, null])), id }
}

function kindOf({ tenant }: Call, id: string): keyof typeof READERS {
  if (tenant.users.get(id)) return 'user'
  if (tenant.groups.get(id)) return 'group'
  return tenant.servicePrincipals.get(id) ? 'servicePrincipal' : 'application'
}

function cast(call: Call, ids: string[]): string[] {
  const type = castType(call.params.cast!)
  return ids.filter((id) => kindOf(call, id) === type)
}

const existing = (call: Call, ids: string[]): string[] => {
  const { users, groups, servicePrincipals } = call.tenant
  return ids.filter((id) => (users.get(id) ?? groups.get(id) ?? servicePrincipals.get(id))?.deletedDateTime === null)
}

export const groupsOf = (call: Call, id: string): string[] => existing(call, call.tenant.groupsOf(id))

function ownedBy({ tenant }: Call, id: string): string[] {
  const collections = [tenant.applications, tenant.servicePrincipals, tenant.groups]
  return collections.flatMap((collection) =>
    [...collection.values()].flatMap((object) => (isLive(object) && object.ownerIds?.includes(id) ? [object.id] : [])),
  )
}

/** Groups that an object is in, directly or through others. */
export function allGroupsOf(call: Call, id: string): string[] {
  const seen = new Set<string>()
  const visit = (of: string) => {
    for (const group of groupsOf(call, of)) {
      if (seen.has(group) || group === id) continue
      seen.add(group)
      visit(group)
    }
  }
  visit(id)
  return [...seen]
}

/** Flat and without duplicates; a group that contains itself by a circle is left out of its own list. */
function transitive(call: Call, group: Group): string[] {
  const seen = new Set<string>()
  const visit = (ids: string[]) => {
    for (const id of ids) {
      if (seen.has(id) || id === group.id) continue
      seen.add(id)
      visit(call.tenant.groups.get(id)?.memberIds ?? [])
    }
  }
  visit(group.memberIds)
  return [...seen]
}

function add(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  requireAssigned(group)
  const id = referencedId(call)
  requireObject(call, id)
  if (group.memberIds.includes(id)) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
  }
  call.tenant.groups.put(group.id, { ...group, memberIds: [...group.memberIds, id] })
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  requireAssigned(group)
  const { memberId } = call.params
  if (!group.memberIds.includes(memberId!)) throw notFound(memberId!)
  call.tenant.groups.put(group.id, { ...group, memberIds: group.memberIds.filter((id) => id !== memberId) })
  return NO_CONTENT
}
