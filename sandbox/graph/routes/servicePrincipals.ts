import { randomUUID } from 'node:crypto'
import type { ServicePrincipal } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { propertiesOf, requiredText } from '../body.ts'
import { badRequest, conflict } from '../errors.ts'
import { inheriting } from '../exposed.ts'
import { hides, isLive, requireServicePrincipal, servicePrincipalsOf } from '../lookup.ts'
import { expanded } from '../odata/expand.ts'
import { countAnswer, listAnswer, selectableType, viewOn } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, NO_CONTENT, ok } from '../request.ts'
import type { Route } from '../router.ts'
import { emptyServicePrincipal, SERVICE_PRINCIPAL_LIST, servicePrincipalView } from '../shape/applications.ts'
import { applyChanges, withKeys } from '../writes.ts'
import { ownersOf } from './applications.ts'
import { ownerHandlers } from './owners.ts'
import { passwordHandlers } from './passwords.ts'
import { removeServicePrincipal } from './removal.ts'

const read = ACCESS.readApplications
const write = ACCESS.writeServicePrincipal
const find = (call: Call): ServicePrincipal => requireServicePrincipal(call, call.params.id!)
const save = (call: Call, principal: ServicePrincipal): void =>
  call.tenant.servicePrincipals.put(principal.id, principal)
const owners = ownerHandlers<ServicePrincipal>(find, save)
const passwords = passwordHandlers<ServicePrincipal>(find, save, ({ id }) => id)

export const servicePrincipalRoutes: Route[] = [
  { method: 'GET', pattern: '/servicePrincipals', access: read, handler: list },
  {
    method: 'GET',
    pattern: '/servicePrincipals/$count',
    access: read,
    handler: (call) => countAnswer(call, visible(call), SERVICE_PRINCIPAL_LIST),
  },
  { method: 'POST', pattern: '/servicePrincipals', access: ACCESS.instantiate, handler: create },
  { method: 'GET', pattern: '/servicePrincipals/:id', access: read, handler: get },
  { method: 'PATCH', pattern: '/servicePrincipals/:id', access: write, handler: update },
  { method: 'DELETE', pattern: '/servicePrincipals/:id', access: write, handler: remove },
  { method: 'GET', pattern: '/servicePrincipals/:id/owners', access: read, handler: owners.list },
  { method: 'POST', pattern: '/servicePrincipals/:id/owners/$ref', access: write, handler: owners.add },
  { method: 'GET', pattern: '/servicePrincipals/:id/owners/:ownerId/$ref', access: read, handler: owners.reference },
  { method: 'DELETE', pattern: '/servicePrincipals/:id/owners/:ownerId/$ref', access: write, handler: owners.remove },
  { method: 'POST', pattern: '/servicePrincipals/:id/addPassword', access: write, handler: passwords.add },
  { method: 'POST', pattern: '/servicePrincipals/:id/removePassword', access: write, handler: passwords.remove },
]

const visible = (call: Call): ServicePrincipal[] => [...call.tenant.servicePrincipals.values()].filter(isLive)

function list(call: Call): GraphResponse {
  return listAnswer(call, visible(call), {
    ...SERVICE_PRINCIPAL_LIST,
    annotate: (principal, shown) => ({ ...shown, ...expandOwners(call, principal) }),
  })
}

function get(call: Call): GraphResponse {
  const principal = find(call)
  const view = servicePrincipalView(principal)
  if (call.request.version === 'beta') view.samlMetadataUrl = null
  return ok({
    '@odata.context': call.context('servicePrincipals/$entity'),
    ...select(
      withKeys(call, view, principal),
      call.request.query.get('$select'),
      undefined,
      selectableType(call, SERVICE_PRINCIPAL_LIST.type),
    ),
    ...expandOwners(call, principal),
  })
}

const expandOwners = (call: Call, { ownerIds }: ServicePrincipal) => expanded(call, { owners: () => ownerIds })

function create(call: Call): GraphResponse {
  const { appId: _, ...properties } = propertiesOf(call)
  const appId = requiredText(call.json(), 'appId', 'ServicePrincipal')
  const application = [...call.tenant.applications.values()].find(
    (candidate) =>
      candidate.appId === appId && candidate.deletedDateTime === null && !hides(call, 'applications', candidate.id),
  )
  if (!application)
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`)
  if (servicePrincipalsOf(call, appId).some(isLive)) throw conflict('servicePrincipalNames')
  const base: ServicePrincipal = {
    ...emptyServicePrincipal(),
    id: randomUUID(),
    appId,
    displayName: application.displayName,
    applicationTemplateId: application.applicationTemplateId,
    ownerIds: ownersOf(call),
    other: { appOwnerOrganizationId: call.tenant.tenantId },
  }
  const principal = applyChanges(call, 'servicePrincipal', inheriting(base, application), properties)
  save(call, principal)
  return created({
    '@odata.context': call.context('servicePrincipals/$entity'),
    ...viewOn(call, SERVICE_PRINCIPAL_LIST, principal),
  })
}

function update(call: Call): GraphResponse {
  save(call, applyChanges(call, 'servicePrincipal', find(call), propertiesOf(call)))
  return NO_CONTENT
}

function remove(call: Call): GraphResponse {
  const principal = find(call)
  call.tenant.batch(() => removeServicePrincipal(call, principal, call.nowIso()))
  return NO_CONTENT
}
