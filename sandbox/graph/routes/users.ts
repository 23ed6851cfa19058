import { randomUUID } from 'node:crypto'
import { DOMAIN } from '../../directory/known.ts'
import type { User } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { propertiesOf, referencedId, requiredText } from '../body.ts'
import { badRequest, conflict, forbidden, notFound } from '../errors.ts'
import { requireUser } from '../lookup.ts'
import { expanded } from '../odata/expand.ts'
import { countAnswer, listAnswer, selectableType } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { emptyUser, USER_DEFAULTS, USER_LIST, userView } from '../shape/directory.ts'
import { objectView } from '../shape/objects.ts'
import { applyChanges } from '../writes.ts'
import { groupsOf } from './members.ts'
import { quickUsers } from './quickUsers.ts'

const read = ACCESS.readUsers
const write = ACCESS.writeUsers

export const userRoutes: Route[] = [
  { method: 'GET', pattern: '/users', access: read, handler: list },
  {
    method: 'GET',
    pattern: '/users/$count',
    access: read,
    handler: (call) => countAnswer(call, active(call), USER_LIST),
  },
  { method: 'GET', pattern: '/me', access: ACCESS.anyone, handler: me },
  { method: 'POST', pattern: '/users', access: write, handler: create },
  { method: 'GET', pattern: '/users/:key', access: read, handler: get },
  { method: 'PATCH', pattern: '/users/:key', access: write, handler: update },
  { method: 'DELETE', pattern: '/users/:key', access: write, handler: remove },
  { method: 'GET', pattern: '/users/:key/manager', access: read, handler: getManager },
  { method: 'PUT', pattern: '/users/:key/manager/$ref', access: write, handler: setManager },
  { method: 'DELETE', pattern: '/users/:key/manager/$ref', access: write, handler: clearManager },
  { method: 'GET', pattern: '/users/:key/directReports', access: read, handler: directReports },
]

function* active(call: Call): Generator<User> {
  for (const user of call.tenant.users.values()) if (user.deletedDateTime === null) yield user
}

function list(call: Call): GraphResponse {
  const users = quickUsers(call) ?? active(call)
  return listAnswer(call, users, {
    ...USER_LIST,
    annotate: (user, shown) => ({ ...shown, ...expandUser(call, user) }),
  })
}

function get(call: Call): GraphResponse {
  const user = requireUser(call, call.params.key!)
  const type = selectableType(call, USER_LIST.type)
  const shown = select(userView(user), call.request.query.get('$select'), USER_DEFAULTS, type)
  return ok({ '@odata.context': call.context('users/$entity'), ...shown, ...expandUser(call, user) })
}

/** Who signed in; an application that calls for itself is nobody. */
function me(call: Call): GraphResponse {
  const { scopes, objectId } = call.request.caller
  if (!scopes) throw badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest')
  if (!scopes.has('User.Read')) throw forbidden()
  return get({ ...call, params: { key: objectId } })
}

const expandUser = (call: Call, user: User) =>
  expanded(call, {
    manager: () => user.managerId,
    memberOf: () => groupsOf(call, user.id),
    directReports: () => reportsOf(call, user),
  })

function changed(call: Call, user: User, changes: Record<string, unknown>): User {
  const next = applyChanges(call, 'user', user, changes)
  const { userPrincipalName: name } = next
  if (!name.includes('@')) throw badRequest('Property userPrincipalName is invalid: it has the form name@domain.')
  if (name !== user.userPrincipalName && !name.toLowerCase().endsWith(`@${DOMAIN}`)) {
    throw badRequest(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    )
  }
  const holder = call.tenant.userByName(name)
  if (holder && holder.id !== user.id && holder.deletedDateTime === null) throw conflict('userPrincipalName')
  return { ...next, onPremisesExtensionAttributes: next.onPremisesExtensionAttributes ?? {} }
}

function create(call: Call): GraphResponse {
  const properties = propertiesOf(call)
  for (const name of ['displayName', 'mailNickname', 'userPrincipalName']) requiredText(properties, name, 'User')
  if (typeof properties.accountEnabled !== 'boolean') {
    throw badRequest("A value is required for property 'accountEnabled' of resource 'User'.")
  }
  const { password } = (properties.passwordProfile ?? {}) as { password?: unknown }
  if (!password) throw badRequest('A password must be specified to create a new user.')
  const user = changed(call, { ...emptyUser(), id: randomUUID(), createdDateTime: call.nowIso() }, properties)
  call.tenant.users.put(user.id, user)
  return created({ '@odata.context': call.context('users/$entity'), ...select(userView(user), null, USER_DEFAULTS) })
}

function update(call: Call): GraphResponse {
  const user = requireUser(call, call.params.key!)
  call.tenant.users.put(user.id, changed(call, user, propertiesOf(call)))
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const user = requireUser(call, call.params.key!)
  call.tenant.users.put(user.id, { ...user, deletedDateTime: call.nowIso() })
  return NO_CONTENT
}

function getManager(call: Call): GraphResponse {
  const { managerId } = requireUser(call, call.params.key!)
  const manager = managerId ? objectView(call, managerId, call.request.query.get('$select')) : undefined
  if (!manager) throw notFound('manager')
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...manager })
}

function setManager(call: Call): GraphResponse {
  const user = requireUser(call, call.params.key!)
  const manager = requireUser(call, referencedId(call))
  call.tenant.users.put(user.id, { ...user, managerId: manager.id })
  return NO_CONTENT
}

function clearManager(call: Call): GraphResponse {
  const user = requireUser(call, call.params.key!)
  call.tenant.users.put(user.id, { ...user, managerId: null })
  return NO_CONTENT
}

function directReports(call: Call): GraphResponse {
  const selected = call.request.query.get('$select')
  const reports = reportsOf(call, requireUser(call, call.params.key!))
  const value = reports.map((id) => objectView(call, id, selected)!)
  return ok({ '@odata.context': call.context('directoryObjects'), value })
}

const reportsOf = (call: Call, { id }: User): string[] =>
  [...active(call)].flatMap((user) => (user.managerId === id ? [user.id] : []))
