import { randomUUID } from 'node:crypto'
import type { Application } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { boundIds, propertiesOf, requiredText } from '../body.ts'
import { conflict, invalidValue } from '../errors.ts'
import { inheriting, requireDisabled } from '../exposed.ts'
import { isLive, requireApplication, servicePrincipalsOf } from '../lookup.ts'
import { expanded } from '../odata/expand.ts'
import { countAnswer, listAnswer, selectableType, viewOn } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { APPLICATION_LIST, applicationView, emptyApplication } from '../shape/applications.ts'
import { applyChanges, withKeys } from '../writes.ts'
import { ownerHandlers } from './owners.ts'
import { passwordHandlers, withPassword } from './passwords.ts'
import { removeServicePrincipal } from './removal.ts'

const read = ACCESS.readApplications
const write = ACCESS.writeApplication
const find = (call: Call): Application => requireApplication(call, call.params.id!)
const save = (call: Call, application: Application): void => call.tenant.applications.put(application.id, application)
const owners = ownerHandlers<Application>(find, save)
const passwords = passwordHandlers<Application>(find, save, ({ appId }) => appId)

export const applicationRoutes: Route[] = [
  { method: 'GET', pattern: '/applications', access: read, handler: list },
  {
    method: 'GET',
    pattern: '/applications/$count',
    access: read,
    handler: (call) => countAnswer(call, visible(call), APPLICATION_LIST),
  },
  { method: 'POST', pattern: '/applications', access: ACCESS.instantiate, handler: create },
  { method: 'GET', pattern: '/applications/:id', access: read, handler: get },
  { method: 'PATCH', pattern: '/applications/:id', access: write, handler: update },
  { method: 'DELETE', pattern: '/applications/:id', access: write, handler: remove },
  { method: 'GET', pattern: '/applications/:id/owners', access: read, handler: owners.list },
  { method: 'POST', pattern: '/applications/:id/owners/$ref', access: write, handler: owners.add },
  { method: 'GET', pattern: '/applications/:id/owners/:ownerId/$ref', access: read, handler: owners.reference },
  { method: 'DELETE', pattern: '/applications/:id/owners/:ownerId/$ref', access: write, handler: owners.remove },
  { method: 'POST', pattern: '/applications/:id/addPassword', access: write, handler: passwords.add },
  { method: 'POST', pattern: '/applications/:id/removePassword', access: write, handler: passwords.remove },
]

const visible = (call: Call): Application[] => [...call.tenant.applications.values()].filter(isLive)

function list(call: Call): GraphResponse {
  return listAnswer(call, visible(call), {
    ...APPLICATION_LIST,
    annotate: (application, shown) => ({ ...shown, ...expandOwners(call, application) }),
  })
}

function get(call: Call): GraphResponse {
  const application = find(call)
  const view = applicationView(application)
  if (call.request.version === 'beta')
    view.oauth2RequirePostResponse = application.other.oauth2RequirePostResponse ?? false
  return ok({
    '@odata.context': call.context('applications/$entity'),
    ...select(
      withKeys(call, view, application),
      call.request.query.get('$select'),
      undefined,
      selectableType(call, APPLICATION_LIST.type),
    ),
    ...expandOwners(call, application),
  })
}

const expandOwners = (call: Call, { ownerIds }: Application) => expanded(call, { owners: () => ownerIds })

function create(call: Call): GraphResponse {
  const { passwordCredentials = [], ...properties } = propertiesOf(call)
  requiredText(properties, 'displayName', 'Application')
  const [wanted, ...more] = readPasswords(passwordCredentials)
  if (more.length > 0) throw invalidValue('passwordCredentials', 'Application', 'one at most, others by addPassword')
  const base = { ...emptyApplication(), id: randomUUID(), appId: randomUUID(), createdDateTime: call.nowIso() }
  const changed = { ...applyChanges(call, 'application', base, properties), ownerIds: ownersOf(call) }
  requireFreeUris(call, changed)
  return call.tenant.batch(() => {
    const { object: application, told } =
      wanted === undefined ? { object: changed, told: undefined } : withPassword(call, changed.appId, changed, wanted)
    save(call, application)
    const view = viewOn(call, APPLICATION_LIST, application)
    const shown = told ? { ...view, passwordCredentials: [told] } : view
    return created({ '@odata.context': call.context('applications/$entity'), ...shown })
  })
}

/** @throws GraphFailure 400 for an identifier URI that another application has */
export function requireFreeUris({ tenant }: Call, { id, other }: Application): void {
  const uris = new Set((other.identifierUris ?? []) as string[])
  if (uris.size === 0) return
  for (const application of tenant.applications.values()) {
    const taken = (application.other.identifierUris ?? []) as string[]
    if (application.id !== id && isLive(application) && taken.some((uri) => uris.has(uri))) {
      throw conflict('identifierUris')
    }
  }
}

function readPasswords(written: unknown): unknown[] {
  if (Array.isArray(written)) return written
  throw invalidValue('passwordCredentials', 'Application', 'it is not a collection')
}

/** Who creates with ownership permission only owns what it creates (Graph: permissions reference). */
export function ownersOf(call: Call): string[] {
  const { roles, objectId } = call.request.caller
  const own = roles.has('Application.ReadWrite.All') || roles.has('Directory.ReadWrite.All') ? [] : [objectId]
  return [...new Set([...boundIds(call, 'owners'), ...own])]
}

function update(call: Call): GraphResponse {
  const before = find(call)
  const application = applyChanges(call, 'application', before, propertiesOf(call))
  requireDisabled(before, application)
  requireFreeUris(call, application)
  call.tenant.batch(() => {
    call.tenant.applications.put(application.id, application)
    for (const principal of servicePrincipalsOf(call, application.appId)) {
      call.tenant.servicePrincipals.put(principal.id, inheriting(principal, application, before))
    }
  })
  return NO_CONTENT
}

/** Its service principal goes with it; both can be restored from the deleted items. */
function remove(call: Call): GraphResponse {
  const application = find(call)
  const deletedDateTime = call.nowIso()
  call.tenant.batch(() => {
    call.tenant.applications.put(application.id, { ...application, deletedDateTime })
    for (const principal of servicePrincipalsOf(call, application.appId).filter(isLive)) {
      removeServicePrincipal(call, principal, deletedDateTime)
    }
  })
  return NO_CONTENT
}
