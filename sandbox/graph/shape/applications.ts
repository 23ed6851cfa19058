import { DOMAIN } from '../../directory/known.ts'
import type { Application, AppRoleAssignment, Job, ServicePrincipal } from '../../tenant/model.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { merged } from '../contract/merge.ts'
import { complexType, knownType } from '../contract/metadata.ts'
import { withoutKeys } from '../keyCredentials.ts'
import type { ListOptions } from '../odata/list.ts'
import { seconds } from './directory.ts'

const NO_INFO = {
  logoUrl: null,
  marketingUrl: null,
  privacyStatementUrl: null,
  supportUrl: null,
  termsOfServiceUrl: null,
}
const UNVERIFIED = { addedDateTime: null, displayName: null, verifiedPublisherId: null }

/**
 * Properties of an application that are kept as clients write them, with what they are before (Graph: samples of the
 * application resource, where these structured ones are never null).
 */
const APPLICATION_EXTRAS: Record<string, unknown> = {
  addIns: [],
  api: {
    acceptMappedClaims: null,
    knownClientApplications: [],
    oauth2PermissionScopes: [],
    preAuthorizedApplications: [],
    requestedAccessTokenVersion: null,
  },
  defaultRedirectUri: null,
  description: null,
  disabledByMicrosoftStatus: null,
  groupMembershipClaims: null,
  identifierUris: [],
  info: NO_INFO,
  isDeviceOnlyAuthSupported: null,
  isFallbackPublicClient: null,
  optionalClaims: null,
  parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
  passwordCredentials: [],
  publicClient: { redirectUris: [] },
  publisherDomain: DOMAIN,
  requestSignatureVerification: null,
  requiredResourceAccess: [],
  samlMetadataUrl: null,
  serviceManagementReference: null,
  servicePrincipalLockConfiguration: null,
  signInAudience: 'AzureADMyOrg',
  spa: { redirectUris: [] },
  tokenEncryptionKeyId: null,
  uniqueName: null,
  verifiedPublisher: UNVERIFIED,
  web: {
    homePageUrl: null,
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    logoutUrl: null,
    redirectUris: [],
    redirectUriSettings: [],
  },
}

const SERVICE_PRINCIPAL_EXTRAS: Record<string, unknown> = {
  addIns: [],
  alternativeNames: [],
  appDescription: null,
  appOwnerOrganizationId: null,
  description: null,
  disabledByMicrosoftStatus: null,
  homepage: null,
  info: NO_INFO,
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
  verifiedPublisher: UNVERIFIED,
}

/** What an object shows of its kept properties before anybody writes them, by type. */
export const EXTRAS: Readonly<Record<string, Record<string, unknown>>> = {
  application: APPLICATION_EXTRAS,
  servicePrincipal: SERVICE_PRINCIPAL_EXTRAS,
}

const structuredIn = (type: string) =>
  Object.entries(EXTRAS[type]!).flatMap(([name, value]) => {
    const property = knownType(type).properties[name]!
    return value !== null && complexType(property.type) ? [{ name, value, type: property.type }] : []
  })
const STRUCTURED = { application: structuredIn('application'), servicePrincipal: structuredIn('servicePrincipal') }

/** Structured properties show all their members, whichever of them were written; cleared, they are as before. */
function kept(of: keyof typeof STRUCTURED, other: Record<string, unknown>): Record<string, unknown> {
  const filled = STRUCTURED[of].map(({ name, value, type }) => [name, merged(type, value, other[name] ?? {})])
  return { ...EXTRAS[of], ...other, ...Object.fromEntries(filled) }
}

export function applicationView({ ownerIds: _, other, ...application }: Application): Record<string, unknown> {
  return {
    ...kept('application', other),
    keyCredentials: withoutKeys(other.keyCredentials),
    ...application,
    createdDateTime: seconds(application.createdDateTime),
  }
}

export function servicePrincipalView(servicePrincipal: ServicePrincipal): Record<string, unknown> {
  const { ownerIds: _, other, ...own } = servicePrincipal
  return {
    appDisplayName: own.displayName,
    servicePrincipalNames: [own.appId],
    ...kept('servicePrincipal', other),
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
