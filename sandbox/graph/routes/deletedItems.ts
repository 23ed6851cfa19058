import { ACCESS } from '../access.ts'
import { notFound } from '../errors.ts'
import { listAnswer } from '../odata/list.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { APPLICATION_LIST, SERVICE_PRINCIPAL_LIST } from '../shape/applications.ts'
import { GROUP_LIST, USER_LIST } from '../shape/directory.ts'
import { typed } from '../shape/objects.ts'
import { purge } from './removal.ts'

const BASE = '/directory/deletedItems'
const write = {
  anyOf: [
    'Application.ReadWrite.OwnedBy',
    'Application.ReadWrite.All',
    'Directory.ReadWrite.All',
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
  ],
}

const KINDS = [
  { type: 'user', collection: 'users', options: USER_LIST },
  { type: 'group', collection: 'groups', options: GROUP_LIST },
  { type: 'application', collection: 'applications', options: APPLICATION_LIST },
  { type: 'servicePrincipal', collection: 'servicePrincipals', options: SERVICE_PRINCIPAL_LIST },
] as const

/** The lists differ only in what they hold. */
const listRoutes: Route[] = KINDS.map(({ type, collection, options }) => ({
  method: 'GET',
  pattern: `${BASE}/microsoft.graph.${type}`,
  access: ACCESS.readDirectory,
  handler: (call: Call) => {
    const deleted = [...call.tenant[collection].values()].filter((object) => object.deletedDateTime !== null)
    return listAnswer(call, deleted, options as typeof USER_LIST as never)
  },
}))

export const deletedItemRoutes: Route[] = [
  ...listRoutes,
  { method: 'GET', pattern: `${BASE}/:id`, access: ACCESS.readDirectory, handler: get },
  { method: 'POST', pattern: `${BASE}/:id/restore`, access: write, handler: restore },
  { method: 'DELETE', pattern: `${BASE}/:id`, access: write, handler: remove },
]

interface Deleted {
  id: string
  deletedDateTime: string | null
}

function find(call: Call) {
  const { id } = call.params
  for (const { type, collection, options } of KINDS) {
    const object = call.tenant[collection].get(id!) as (Deleted & { appId?: string }) | undefined
    if (object && object.deletedDateTime !== null) {
      const view = () =>
        typed(type, (options.view as (object: Deleted) => Record<string, unknown>)(call.tenant[collection].get(id!)!))
      const put = (value: Deleted) => call.tenant[collection].put(id!, value as never)
      return { type, object, view, put }
    }
  }
  throw notFound(id!)
}

function get(call: Call): GraphResponse {
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...find(call).view() })
}

/** An application comes back with its service principal, without the jobs and secrets that were below it. */
function restore(call: Call): GraphResponse {
  const { type, object, view, put } = find(call)
  call.tenant.batch(() => {
    put({ ...object, deletedDateTime: null })
    if (type !== 'application') return
    for (const principal of call.tenant.servicePrincipals.values()) {
      if (principal.appId === object.appId)
        call.tenant.servicePrincipals.put(principal.id, { ...principal, deletedDateTime: null })
    }
  })
  return ok({ '@odata.context': call.context('directoryObjects/$entity'), ...view() })
}

function remove(call: Call): GraphResponse {
  const { type, object } = find(call)
  call.tenant.batch(() => {
    if (type === 'application') {
      call.tenant.credentials.delete(object.appId!)
      for (const principal of [...call.tenant.servicePrincipals.values()]) {
        if (principal.appId === object.appId) purge(call, principal.id)
      }
    }
    purge(call, object.id)
  })
  return NO_CONTENT
}
