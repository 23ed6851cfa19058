import { randomUUID } from 'node:crypto'
import { GALLERY, type GalleryEntry, NON_GALLERY_TEMPLATE } from '../../templates/gallery.ts'
import type { Application, AppRole } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { badRequest, notFound } from '../errors.ts'
import { inheriting } from '../exposed.ts'
import { parseFilter } from '../odata/filter.ts'
import { type ListOptions, listAnswer } from '../odata/list.ts'
import { select } from '../odata/select.ts'
import { type Call, created, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'
import {
  applicationView,
  emptyApplication,
  emptyServicePrincipal,
  servicePrincipalView,
} from '../shape/applications.ts'

const GALLERY_TAGS = [
  'WindowsAzureActiveDirectoryIntegratedApp',
  'WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1',
]

/** The two roles that gallery applications commonly come with, under the ids seen in exports of such applications. */
const GALLERY_ROLES: AppRole[] = [
  role('18d14569-c3bd-439b-9a66-3a2aee01d14f', 'User'),
  role('b9632174-c057-4f7e-951b-be3adc52bfe6', 'msiam_access'),
]

const LIST: ListOptions<GalleryEntry> = {
  type: 'microsoft.graph.applicationTemplate',
  context: 'applicationTemplates',
  properties: new Set(['displayName', 'categories']),
  view: templateView,
  maxPageSize: 1000,
}

export const templateRoutes: Route[] = [
  { method: 'GET', pattern: '/applicationTemplates', access: ACCESS.anyone, handler: list },
  { method: 'GET', pattern: '/applicationTemplates/:id', access: ACCESS.anyone, handler: get },
  {
    method: 'POST',
    pattern: '/applicationTemplates/:id/instantiate',
    access: ACCESS.instantiate,
    handler: instantiate,
  },
]

function role(id: string, displayName: string): AppRole {
  return {
    id,
    displayName,
    description: displayName,
    value: null,
    isEnabled: true,
    allowedMemberTypes: ['User'],
    origin: 'Application',
  }
}

function templateView(entry: GalleryEntry): Record<string, unknown> {
  const { synchronizationTemplates, ...shown } = entry
  return {
    ...shown,
    logoUrl: null,
    supportedProvisioningTypes: synchronizationTemplates.length > 0 ? ['sync'] : [],
    endpoints: [],
    deprecationDate: null,
    isEntraIntegrated: true,
    lastModifiedDateTime: null,
    riskScore: null,
    riskFactors: null,
  }
}

function list(call: Call): GraphResponse {
  const { query } = call.request
  const skip = Number(query.get('$skip') ?? 0)
  if (query.get('$filter')) parseFilter(query.get('$filter')!)
  return listAnswer(call, GALLERY.slice(skip), LIST)
}

function get(call: Call): GraphResponse {
  const view = select(templateView(requireTemplate(call)), call.request.query.get('$select'))
  return ok({ '@odata.context': call.context('applicationTemplates/$entity'), ...view })
}

function requireTemplate(call: Call): GalleryEntry {
  const entry = GALLERY.find(({ id }) => id === call.params.id!.toLowerCase())
  if (!entry) throw notFound(call.params.id!)
  return entry
}

/** There is no check for uniqueness: every call makes an application (Graph: applicationTemplate: instantiate). */
function instantiate(call: Call): GraphResponse {
  const entry = requireTemplate(call)
  const { displayName, serviceManagementReference } = call.json()
  if (typeof displayName !== 'string' || displayName.trim() === '') {
    throw badRequest('A value without a type name was found or property displayName is missing or empty.')
  }
  const { application, servicePrincipal } = makeApplication(call, entry, displayName)
  if (serviceManagementReference) application.other.serviceManagementReference = serviceManagementReference
  call.tenant.batch(() => {
    call.tenant.applications.put(application.id, application)
    call.tenant.servicePrincipals.put(servicePrincipal.id, servicePrincipal)
  })
  return created({
    '@odata.context': call.context('microsoft.graph.applicationServicePrincipal'),
    application: applicationView(application),
    servicePrincipal: servicePrincipalView(servicePrincipal),
  })
}

function makeApplication(call: Call, entry: GalleryEntry, displayName: string) {
  const now = call.nowIso()
  const caller = call.request.caller
  const onlyOwned = !caller.roles.has('Application.ReadWrite.All') && !caller.roles.has('Directory.ReadWrite.All')
  const shared = {
    appId: randomUUID(),
    displayName,
    applicationTemplateId: entry.id,
    appRoles: GALLERY_ROLES,
    ownerIds: onlyOwned ? [caller.objectId] : [],
  }
  const tags =
    entry.id === NON_GALLERY_TEMPLATE
      ? [GALLERY_TAGS[0]!, 'WindowsAzureActiveDirectoryCustomSingleSignOnApplication']
      : GALLERY_TAGS
  const application: Application = {
    ...emptyApplication(),
    ...shared,
    id: randomUUID(),
    createdDateTime: now,
    other: { api: { oauth2PermissionScopes: [impersonation(displayName)] } },
  }
  const servicePrincipal = {
    ...emptyServicePrincipal(),
    ...shared,
    id: randomUUID(),
    appRoleAssignmentRequired: true,
    tags,
    other: { homepage: entry.homePageUrl, appOwnerOrganizationId: call.tenant.tenantId },
  }
  return { application, servicePrincipal: inheriting(servicePrincipal, application) }
}

/** The one scope that gallery applications come with; texts as in exports of such applications. */
const impersonation = (displayName: string) => ({
  adminConsentDescription: `Allow the application to access ${displayName} on behalf of the signed-in user.`,
  adminConsentDisplayName: `Access ${displayName}`,
  id: randomUUID(),
  isEnabled: true,
  type: 'User',
  userConsentDescription: `Allow the application to access ${displayName} on your behalf.`,
  userConsentDisplayName: `Access ${displayName}`,
  value: 'user_impersonation',
})
