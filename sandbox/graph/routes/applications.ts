import { randomUUID } from 'node:crypto'
import type { Application } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { boundIds, propertiesOf, requiredText } from '../body.ts'
import { notFound } from '../errors.ts'
import { isLive, requireApplication, servicePrincipalsOf } from '../lookup.ts'
import { expanded } from '../odata/expand.ts'
import { countAnswer, listAnswer, selectableType } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { APPLICATION_LIST, applicationView, emptyApplication } from '../shape/applications.ts'
import { applyChanges, withKeys } from '../writes.ts'
import { ownerHandlers } from './owners.ts'
import { removeServicePrincipal } from './removal.ts'

const read = ACCESS.readApplications
const write = ACCESS.writeApplication
const owners = ownerHandlers<Application>(
  (call) => requireApplication(call, call.params.id!),
  (call, application) => call.tenant.applications.put(application.id, application),
)

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
  { method: 'DELETE', pattern: '/applications/:id/owners/:ownerId/$ref', access: write, handler: owners.remove },
  { method: 'POST', pattern: '/applications/:id/addPassword', access: write, handler: addPassword },
  { method: 'POST', pattern: '/applications/:id/removePassword', access: write, handler: removePassword },
]

const visible = (call: Call): Application[] =>
  [...call.tenant.applications.values()].filter(isLive)

function list(call: Call): GraphResponse {
  return listAnswer(call, visible(call), {
    ...APPLICATION_LIST,
    annotate: (application, shown) => ({ ...shown, ...expandOwners(call, application) }),
  })
}

function get(call: Call): GraphResponse {
  const application = requireApplication(call, call.params.id!)
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
  const properties = propertiesOf(call)
  requiredText(properties, 'displayName', 'Application')
  const base = { ...emptyApplication(), id: randomUUID(), appId: randomUUID(), createdDateTime: call.nowIso() }
  const application = { ...applyChanges(call, 'application', base, properties), ownerIds: ownersOf(call) }
  call.tenant.applications.put(application.id, application)
  return created({ '@odata.context': call.context('applications/$entity'), ...applicationView(application) })
}

/** Who creates with ownership permission only owns what it creates (Graph: permissions reference). */
export function ownersOf(call: Call): string[] {
  const { roles, objectId } = call.request.caller
  const own = roles.has('Application.ReadWrite.All') || roles.has('Directory.ReadWrite.All') ? [] : [objectId]
  return [...new Set([...boundIds(call, 'owners'), ...own])]
}

function update(call: Call): GraphResponse {
  const application = applyChanges(call, 'application', requireApplication(call, call.params.id!), propertiesOf(call))
  call.tenant.batch(() => {
    call.tenant.applications.put(application.id, application)
    for (const principal of servicePrincipalsOf(call, application.appId)) {
      call.tenant.servicePrincipals.put(principal.id, { ...principal, appRoles: application.appRoles })
    }
  })
  return NO_CONTENT
}

/** Its service principal goes with it; both can be restored from the deleted items. */
function remove(call: Call): GraphResponse {
  const application = requireApplication(call, call.params.id!)
  const deletedDateTime = call.nowIso()
  call.tenant.batch(() => {
    call.tenant.applications.put(application.id, { ...application, deletedDateTime })
    for (const principal of servicePrincipalsOf(call, application.appId).filter(isLive)) {
      removeServicePrincipal(call, principal, deletedDateTime)
    }
  })
  return NO_CONTENT
}

function addPassword(call: Call): GraphResponse {
  const application = requireApplication(call, call.params.id!)
  const wanted = (call.json().passwordCredential ?? {}) as { displayName?: string; endDateTime?: string }
  const secretText = `${randomUUID()}~${randomUUID()}`
  const credential = {
    customKeyIdentifier: null,
    displayName: wanted.displayName ?? null,
    endDateTime: wanted.endDateTime ?? new Date(call.clock.now() + 2 * 365 * 86_400_000).toISOString(),
    hint: secretText.slice(0, 3),
    keyId: randomUUID(),
    startDateTime: call.nowIso(),
  }
  saveCredentials(call, application, [...credentialsOf(application), { ...credential, secretText: null }])
  const known = call.tenant.credentials.get(application.appId) ?? []
  call.tenant.credentials.put(application.appId, [...known, { keyId: credential.keyId, secret: secretText }])
  return ok({ '@odata.context': call.context('microsoft.graph.passwordCredential'), ...credential, secretText })
}

function removePassword(call: Call): GraphResponse {
  const application = requireApplication(call, call.params.id!)
  const keyId = call.json().keyId as string
  const known = call.tenant.credentials.get(application.appId) ?? []
  if (!known.some((credential) => credential.keyId === keyId)) throw notFound(keyId)
  saveCredentials(
    call,
    application,
    credentialsOf(application).filter((credential) => credential.keyId !== keyId),
  )
  call.tenant.credentials.put(
    application.appId,
    known.filter((credential) => credential.keyId !== keyId),
  )
  return NO_CONTENT
}

const credentialsOf = (application: Application) => (application.other.passwordCredentials ?? []) as { keyId: string }[]

function saveCredentials(call: Call, application: Application, passwordCredentials: unknown[]): void {
  const other = { ...application.other, passwordCredentials }
  call.tenant.applications.put(application.id, { ...application, other })
}
