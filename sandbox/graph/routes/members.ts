import type { Group } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { referencedId, requireObject } from '../body.ts'
import { badRequest, notFound } from '../errors.ts'
import { requireGroup } from '../lookup.ts'
import { countAnswer, type ListOptions, listAnswer } from '../odata/list.ts'
import { type Call, type GraphResponse, NO_CONTENT } from '../request.ts'
import type { Route } from '../router.ts'
import { GROUP_LIST, USER_LIST } from '../shape/directory.ts'
import { objectView } from '../shape/objects.ts'

const read = ACCESS.readGroups
const write = ACCESS.writeMembers
const MEMBERS = '/groups/:key/members'
const CASTS: Record<string, 'user' | 'group' | 'servicePrincipal'> = {
  'microsoft.graph.user': 'user',
  'microsoft.graph.group': 'group',
  'microsoft.graph.serviceprincipal': 'servicePrincipal',
}

const listing = (pattern: string, ids: (call: Call) => string[]): Route[] => [
  { method: 'GET', pattern, access: read, handler: (call) => listAnswer(call, ids(call), options(call)) },
  {
    method: 'GET',
    pattern: `${pattern}/$count`,
    access: read,
    handler: (call) => countAnswer(call, ids(call), options(call)),
  },
  {
    method: 'GET',
    pattern: `${pattern}/:cast`,
    access: read,
    handler: (call) => listAnswer(call, cast(call, ids(call)), options(call)),
  },
  {
    method: 'GET',
    pattern: `${pattern}/:cast/$count`,
    access: read,
    handler: (call) => countAnswer(call, cast(call, ids(call)), options(call)),
  },
]

export const memberRoutes: Route[] = [
  ...listing(MEMBERS, (call) => existing(call, requireGroup(call, call.params.key!).memberIds)),
  ...listing('/groups/:key/transitiveMembers', (call) =>
    existing(call, transitive(call, requireGroup(call, call.params.key!))),
  ),
  { method: 'POST', pattern: `${MEMBERS}/$ref`, access: write, handler: add },
  { method: 'DELETE', pattern: `${MEMBERS}/:memberId/$ref`, access: write, handler: remove },
]

const options = (call: Call): ListOptions<string> => ({
  type: 'microsoft.graph.directoryObject',
  context: 'directoryObjects',
  properties: new Set([...USER_LIST.properties, ...GROUP_LIST.properties]),
  view: (id) => objectView(call.tenant, id, call.request.query.get('$select'))!,
  filtered: (id) => objectView(call.tenant, id, '*')!,
  annotate: (id) => objectView(call.tenant, id, call.request.query.get('$select'))!,
  directoryObjects: true,
  searchable: ['displayName'],
})

const kindOf = (call: Call, id: string) =>
  call.tenant.users.get(id) ? 'user' : call.tenant.groups.get(id) ? 'group' : 'servicePrincipal'

function cast(call: Call, ids: string[]): string[] {
  const kind = CASTS[call.params.cast!.toLowerCase()]
  if (!kind) throw badRequest(`Resource not found for the segment '${call.params.cast}'.`, 'BadRequest')
  return ids.filter((id) => kindOf(call, id) === kind)
}

const existing = (call: Call, ids: string[]): string[] => {
  const { users, groups, servicePrincipals } = call.tenant
  return ids.filter((id) => (users.get(id) ?? groups.get(id) ?? servicePrincipals.get(id))?.deletedDateTime === null)
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
  const { memberId } = call.params
  if (!group.memberIds.includes(memberId!)) throw notFound(memberId!)
  call.tenant.groups.put(group.id, { ...group, memberIds: group.memberIds.filter((id) => id !== memberId) })
  return NO_CONTENT
}
