import { randomUUID } from 'node:crypto'
import type { Group } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { boundIds, propertiesOf, requiredText, requireObject } from '../body.ts'
import { badRequest } from '../errors.ts'
import { requireGroup } from '../lookup.ts'
import { countAnswer, listAnswer } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { emptyGroup, GROUP_LIST, groupView } from '../shape/directory.ts'
import { purge } from './removal.ts'

const read = ACCESS.readGroups
const write = ACCESS.writeGroups

export const groupRoutes: Route[] = [
  { method: 'GET', pattern: '/groups', access: read, handler: (call) => listAnswer(call, active(call), GROUP_LIST) },
  {
    method: 'GET',
    pattern: '/groups/$count',
    access: read,
    handler: (call) => countAnswer(call, active(call), GROUP_LIST),
  },
  { method: 'POST', pattern: '/groups', access: write, handler: create },
  { method: 'GET', pattern: '/groups/:key', access: read, handler: get },
  { method: 'PATCH', pattern: '/groups/:key', access: write, handler: update },
  { method: 'DELETE', pattern: '/groups/:key', access: write, handler: remove },
]

function* active(call: Call): Generator<Group> {
  for (const group of call.tenant.groups.values()) if (group.deletedDateTime === null) yield group
}

function get(call: Call): GraphResponse {
  const view = groupView(requireGroup(call, call.params.key!))
  return ok({ '@odata.context': call.context('groups/$entity'), ...select(view, call.request.query.get('$select')) })
}

const WRITABLE = new Set([
  'displayName',
  'description',
  'mailEnabled',
  'mailNickname',
  'securityEnabled',
  'groupTypes',
  'mail',
])
/** Written by clients with every group, without meaning here. */
const IGNORED = new Set(['visibility', 'isAssignableToRole', 'resourceBehaviorOptions', 'resourceProvisioningOptions'])

function changed(group: Group, changes: Record<string, unknown>): Group {
  const kept = Object.entries(changes).filter(([name]) => !IGNORED.has(name))
  for (const [name] of kept) {
    if (!WRITABLE.has(name)) throw badRequest(`Property '${name}' is invalid or read-only on resource 'Group'.`)
  }
  return { ...group, ...Object.fromEntries(kept) } as Group
}

function create(call: Call): GraphResponse {
  const properties = propertiesOf(call)
  for (const name of ['displayName', 'mailNickname']) requiredText(properties, name, 'Group')
  for (const name of ['mailEnabled', 'securityEnabled']) {
    if (typeof properties[name] !== 'boolean')
      throw badRequest(`A value is required for property '${name}' of resource 'Group'.`)
  }
  const base = { ...emptyGroup(), id: randomUUID(), createdDateTime: call.nowIso() }
  const group = { ...changed(base, properties), memberIds: bound(call) }
  call.tenant.groups.put(group.id, group)
  return created({ '@odata.context': call.context('groups/$entity'), ...groupView(group) })
}

function bound(call: Call): string[] {
  const ids = [...new Set(boundIds(call, 'members'))]
  for (const id of ids) requireObject(call, id)
  return ids
}

function update(call: Call): GraphResponse {
  const group = requireGroup(call, call.params.key!)
  const added = bound(call)
  if (added.some((id) => group.memberIds.includes(id))) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
  }
  const next = { ...changed(group, propertiesOf(call)), memberIds: [...group.memberIds, ...added] }
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
