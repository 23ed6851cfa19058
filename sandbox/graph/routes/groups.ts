import { randomUUID } from 'node:crypto'
import type { Group } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { boundIds, propertiesOf, requiredText, requireObject } from '../body.ts'
import { requireAssigned, withReadableRule } from '../dynamicGroups.ts'
import { badRequest } from '../errors.ts'
import { requireGroup } from '../lookup.ts'
import { expanded } from '../odata/expand.ts'
import { countAnswer, listAnswer, selectableType, viewOn } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { emptyGroup, GROUP_LIST, groupView } from '../shape/directory.ts'
import { applyChanges } from '../writes.ts'
import { ownerHandlers } from './owners.ts'
import { purge } from './removal.ts'

const read = ACCESS.readGroups
const write = ACCESS.writeGroups

const owners = ownerHandlers<Group>(
  (call) => requireGroup(call, call.params.key!),
  (call, group) => call.tenant.groups.put(group.id, group),
)

export const groupRoutes: Route[] = [
  { method: 'GET', pattern: '/groups', access: read, handler: list },
  {
    method: 'GET',
    pattern: '/groups/$count',
    access: read,
    handler: (call) => countAnswer(call, active(call), GROUP_LIST),
  },
  { method: 'POST', pattern: '/groups', access: ACCESS.createGroups, handler: create },
  { method: 'GET', pattern: '/groups/:key', access: read, handler: get },
  { method: 'PATCH', pattern: '/groups/:key', access: write, handler: update },
  { method: 'DELETE', pattern: '/groups/:key', access: write, handler: remove },
  { method: 'GET', pattern: '/groups/:key/owners', access: read, handler: owners.list },
  { method: 'POST', pattern: '/groups/:key/owners/$ref', access: write, handler: owners.add },
  { method: 'GET', pattern: '/groups/:key/owners/:ownerId/$ref', access: read, handler: owners.reference },
  { method: 'DELETE', pattern: '/groups/:key/owners/:ownerId/$ref', access: write, handler: owners.remove },
]

function* active(call: Call): Generator<Group> {
  for (const group of call.tenant.groups.values()) if (group.deletedDateTime === null) yield group
}

function get(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  const view = groupView(group)
  const shown = select(view, call.request.query.get('$select'), undefined, selectableType(call, GROUP_LIST.type))
  return ok({ '@odata.context': call.context('groups/$entity'), ...shown, ...expandGroup(call, group) })
}

function list(call: Call): GraphResponse {
  return listAnswer(call, active(call), {
    ...GROUP_LIST,
    annotate: (group, shown) => ({ ...shown, ...expandGroup(call, group) }),
  })
}

const expandGroup = (call: Call, group: Group) =>
  expanded(call, { members: () => group.memberIds, owners: () => group.ownerIds ?? [] })

function create(call: Call): GraphResponse {
  const properties = propertiesOf(call)
  for (const name of ['displayName', 'mailNickname']) requiredText(properties, name, 'Group')
  for (const name of ['mailEnabled', 'securityEnabled']) {
    if (typeof properties[name] !== 'boolean')
      throw badRequest(`A value is required for property '${name}' of resource 'Group'.`)
  }
  const base = { ...emptyGroup(), id: randomUUID(), createdDateTime: call.nowIso() }
  const changed = applyChanges(call, 'group', base, properties)
  const group = { ...withReadableRule(changed), memberIds: bound(call, 'members'), ownerIds: bound(call, 'owners') }
  if (group.memberIds.length > 0) requireAssigned(group)
  call.tenant.groups.put(group.id, group)
  return created({ '@odata.context': call.context('groups/$entity'), ...viewOn(call, GROUP_LIST, group) })
}

function bound(call: Call, name: 'members' | 'owners'): string[] {
  const ids = [...new Set(boundIds(call, name))]
  for (const id of ids) requireObject(call, id)
  return ids
}

function update(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  const added = bound(call, 'members')
  if (added.some((id) => group.memberIds.includes(id))) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
  }
  const changed = withReadableRule(applyChanges(call, 'group', group, propertiesOf(call)))
  if (added.length > 0) requireAssigned(changed)
  const next = { ...changed, memberIds: [...group.memberIds, ...added] }
  call.tenant.groups.put(group.id, next)
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  const soft = group.groupTypes.includes('Unified') || call.settings.securityGroupDelete === 'soft'
  if (soft) call.tenant.groups.put(group.id, { ...group, deletedDateTime: call.nowIso() })
  else purge(call, group.id)
  return NO_CONTENT
}
