import type { Application, User } from '../../tenant/model.ts'
import { ACCESS, authorize } from '../access.ts'
import { isCast } from '../casts.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import { isLive, servicePrincipalsOf } from '../lookup.ts'
import { type ListOptions, listAnswer, viewOn } from '../odata/list.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { APPLICATION_LIST, SERVICE_PRINCIPAL_LIST } from '../shape/applications.ts'
import { GROUP_LIST, USER_LIST } from '../shape/directory.ts'
import { typed } from '../shape/objects.ts'
import { requireFreeUris } from './applications.ts'
import { purgeDeleted } from './removal.ts'

const BASE = '/directory/deletedItems'

const KINDS = [
  {
    type: 'user',
    collection: 'users',
    options: USER_LIST,
    read: ACCESS.readUsersFully,
    write: ACCESS.writeUsers,
  },
  {
    type: 'group',
    collection: 'groups',
    options: GROUP_LIST,
    read: ACCESS.readGroups,
    write: ACCESS.writeGroups,
  },
  {
    type: 'application',
    collection: 'applications',
    options: APPLICATION_LIST,
    read: ACCESS.readApplications,
    write: ACCESS.instantiate,
  },
  {
    type: 'servicePrincipal',
    collection: 'servicePrincipals',
    options: SERVICE_PRINCIPAL_LIST,
    read: ACCESS.readApplications,
    write: ACCESS.instantiate,
  },
] as const

/** The lists differ only in what they hold. */
const listRoutes: Route[] = KINDS.map(({ type, collection, options, read }) => ({
  method: 'GET',
  pattern: `${BASE}/microsoft.graph.${type}`,
  access: read,
  handler: (call: Call) => {
    const deleted = [...call.tenant[collection].values()].filter((object) => object.deletedDateTime !== null)
    return listAnswer(call, deleted, options as typeof USER_LIST as never)
  },
}))

export const deletedItemRoutes: Route[] = [
  ...listRoutes,
  { method: 'GET', pattern: BASE, access: ACCESS.anyone, handler: refuseUntyped },
  { method: 'GET', pattern: `${BASE}/:id`, access: ACCESS.anyone, handler: get },
  { method: 'POST', pattern: `${BASE}/:id/restore`, access: ACCESS.anyone, handler: restore },
  { method: 'DELETE', pattern: `${BASE}/:id`, access: ACCESS.anyone, handler: remove },
]

function refuseUntyped(): never {
  const types = KINDS.map(({ type }) => `microsoft.graph.${type}`).join(', ')
  throw badRequest(`A list of deleted items names their type: deletedItems/… one of ${types}.`)
}

interface Deleted {
  id: string
  deletedDateTime: string | null
}

/** The item, for a caller that may read, or write, objects of its kind. */
function find(call: Call, purpose: 'read' | 'write') {
  const { id } = call.params
  for (const { type, collection, options, ...access } of KINDS) {
    const object = call.tenant[collection].get(id!) as (Deleted & { appId?: string }) | undefined
    if (object && object.deletedDateTime !== null) {
      authorize(access[purpose], call)
      const shape = options as unknown as ListOptions<Deleted>
      const view = () => typed(type, viewOn(call, shape, call.tenant[collection].get(id!)!))
      const put = (value: Deleted) => call.tenant[collection].put(id!, value as never)
      return { type, object, view, put }
    }
  }
  throw notFound(id!)
}

/** An item, or the list of a type that the sandbox has no objects of. */
function get(call: Call): GraphResponse {
  if (isCast(call.params.id!)) return ok({ '@odata.context': call.context('directoryObjects'), value: [] })
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...find(call, 'read').view() })
}

/**
 * An application comes back with the service principal that went with it, without the jobs and secrets that were below
 * that one.
 */
function restore(call: Call): GraphResponse {
  const { type, object, view, put } = find(call, 'write')
  const twins = servicePrincipalsOf(call, object.appId ?? '')
  if (type === 'user' && call.tenant.userByName((object as User).userPrincipalName)?.deletedDateTime === null) {
    throw conflict('userPrincipalName')
  }
  if (type === 'application') requireFreeUris(call, object as Application)
  if (type === 'servicePrincipal' && twins.some(isLive)) throw conflict('servicePrincipalNames')
  call.tenant.batch(() => {
    put({ ...object, deletedDateTime: null })
    if (type !== 'application' || twins.some(isLive)) return
    const principal = twins.findLast(({ deletedDateTime }) => deletedDateTime === object.deletedDateTime)
    if (principal) call.tenant.servicePrincipals.put(principal.id, { ...principal, deletedDateTime: null })
  })
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...view() })
}

function remove(call: Call): GraphResponse {
  purgeDeleted(call, find(call, 'write').object.id)
  return NO_CONTENT
}
