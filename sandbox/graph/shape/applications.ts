import type { Application, AppRoleAssignment, Job, ServicePrincipal } from '../../tenant/model.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { knownType } from '../contract/metadata.ts'
import { withoutKeys } from '../keyCredentials.ts'
import type { ListOptions } from '../odata/list.ts'
import { seconds } from './directory.ts'

/** Properties of an application that a client may write and the sandbox keeps as written, with what they are before. */
const APPLICATION_EXTRAS: Record<string, unknown> = {
  addIns: [],
  api: null,
  defaultRedirectUri: null,
  description: null,
  disabledByMicrosoftStatus: null,
  groupMembershipClaims: null,
  identifierUris: [],
  info: null,
  isDeviceOnlyAuthSupported: null,
  isFallbackPublicClient: null,
  optionalClaims: null,
  parentalControlSettings: null,
  passwordCredentials: [],
  publicClient: null,
  publisherDomain: null,
  requestSignatureVerification: null,
  requiredResourceAccess: [],
  samlMetadataUrl: null,
  serviceManagementReference: null,
  servicePrincipalLockConfiguration: null,
  signInAudience: 'AzureADMyOrg',
  spa: null,
  tokenEncryptionKeyId: null,
  uniqueName: null,
  verifiedPublisher: null,
  web: null,
}

const SERVICE_PRINCIPAL_EXTRAS: Record<string, unknown> = {
  addIns: [],
  alternativeNames: [],
  appDescription: null,
  appOwnerOrganizationId: null,
  description: null,
  disabledByMicrosoftStatus: null,
  homepage: null,
  info: null,
  loginUrl: null,
  logoutUrl: null,
  notificationEmailAddresses: [],
  oauth2PermissionScopes: [],
  passwordCredentials: [],
  preferredSingleSignOnMode: null,
  preferredTokenSigningKeyThumbprint: null,
  replyUrls: [],
  resourceSpecificApplicationPermissions: [],
  samlSingleSignOnSettings: null,
  servicePrincipalType: 'Application',
  signInAudience: 'AzureADMyOrg',
  tokenEncryptionKeyId: null,
  verifiedPublisher: null,
}

export function applicationView({ ownerIds: _, other, ...application }: Application): Record<string, unknown> {
  return {
    ...APPLICATION_EXTRAS,
    ...other,
    keyCredentials: withoutKeys(other.keyCredentials),
    ...application,
    createdDateTime: seconds(application.createdDateTime),
  }
}

export function servicePrincipalView(servicePrincipal: ServicePrincipal): Record<string, unknown> {
  const { ownerIds: _, other, ...own } = servicePrincipal
  return {
    ...SERVICE_PRINCIPAL_EXTRAS,
    appDisplayName: own.displayName,
    servicePrincipalNames: [own.appId],
    ...other,
    keyCredentials: withoutKeys(other.keyCredentials),
    ...own,
  }
}

const namesOf = (type: string) => new Set(Object.keys(knownType(type).properties))

const EXAMPLE_APPLICATION: Application = {
  id: '',
  appId: '',
  displayName: '',
  applicationTemplateId: null,
  createdDateTime: '',
  notes: null,
  tags: [],
  appRoles: [],
  ownerIds: [],
  deletedDateTime: null,
  other: {},
}
const EXAMPLE_SERVICE_PRINCIPAL: ServicePrincipal = {
  id: '',
  appId: '',
  displayName: '',
  applicationTemplateId: null,
  accountEnabled: true,
  appRoleAssignmentRequired: false,
  appRoles: [],
  tags: [],
  notes: null,
  ownerIds: [],
  deletedDateTime: null,
  other: {},
}

export const emptyApplication = (): Application => structuredClone(EXAMPLE_APPLICATION)
export const emptyServicePrincipal = (): ServicePrincipal => structuredClone(EXAMPLE_SERVICE_PRINCIPAL)

export const APPLICATION_LIST: ListOptions<Application> = {
  type: 'microsoft.graph.application',
  context: 'applications',
  properties: namesOf('application'),
  view: applicationView,
  directoryObjects: true,
  searchable: ['displayName'],
}

export const SERVICE_PRINCIPAL_LIST: ListOptions<ServicePrincipal> = {
  type: 'microsoft.graph.servicePrincipal',
  context: 'servicePrincipals',
  properties: namesOf('servicePrincipal'),
  view: servicePrincipalView,
  directoryObjects: true,
  searchable: ['displayName'],
}

export function assignmentView(tenant: Tenant, assignment: AppRoleAssignment): Record<string, unknown> {
  const { id, appRoleId, principalId, principalType, resourceId, createdDateTime } = assignment
  const principal =
    tenant.users.get(principalId) ?? tenant.groups.get(principalId) ?? tenant.servicePrincipals.get(principalId)
  return {
    id,
    deletedDateTime: null,
    appRoleId,
    createdDateTime,
    principalDisplayName: principal?.displayName ?? null,
    principalId,
    principalType,
    resourceDisplayName: tenant.servicePrincipals.get(resourceId)?.displayName ?? null,
    resourceId,
  }
}

/** A job as Graph shows it: what the service keeps beside it stays out. */
export function jobView(job: Job): Record<string, unknown> {
  const { id, templateId, schedule, status, synchronizationJobSettings } = job
  return { id, templateId, schedule, status, synchronizationJobSettings }
}
