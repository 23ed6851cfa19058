import { isDeepStrictEqual } from 'node:util'
import { merged } from './contract/merge.ts'
import { knownType } from './contract/metadata.ts'
import { problemsOf } from './contract/validate.ts'
import { badRequest, invalidValue } from './errors.ts'
import { completed, type KeyCredential } from './keyCredentials.ts'
import type { Call } from './request.ts'
import { applicationView, EXTRAS, servicePrincipalView } from './shape/applications.ts'
import { groupView, userView } from './shape/directory.ts'
import { RESOURCE_NAMES } from './shape/objects.ts'

export type WritableType = keyof typeof RESOURCE_NAMES

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Kept in places of their own; what else Graph knows goes to `other` as it was written. */
const OWN: Record<WritableType, ReadonlySet<string>> = {
  user: names(
    `userPrincipalName displayName givenName surname mail mailNickname jobTitle department companyName employeeId
    officeLocation streetAddress city state postalCode country usageLocation preferredLanguage mobilePhone
    businessPhones faxNumber userType accountEnabled onPremisesExtensionAttributes`,
  ),
  group: names('displayName description mailEnabled mailNickname securityEnabled groupTypes'),
  application: names('displayName notes tags appRoles'),
  servicePrincipal: names('displayName accountEnabled appRoleAssignmentRequired notes tags appRoles'),
}

/** What Graph alone writes, or has calls of its own for (Graph: properties of the resources that are read-only). */
const READ_ONLY: Record<WritableType, ReadonlySet<string>> = {
  user: names(
    `id createdDateTime deletedDateTime creationType externalUserState externalUserStateChangeDateTime assignedLicenses
    assignedPlans provisionedPlans licenseAssignmentStates imAddresses isManagementRestricted
    lastPasswordChangeDateTime legalAgeGroupClassification onPremisesDistinguishedName onPremisesDomainName
    onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier
    onPremisesSyncEnabled onPremisesUserPrincipalName proxyAddresses securityIdentifier serviceProvisioningErrors
    signInActivity signInSessionsValidFromDateTime`,
  ),
  group: names(
    `id createdDateTime deletedDateTime renewedDateTime expirationDateTime assignedLicenses hasMembersWithLicenseErrors
    isManagementRestricted licenseProcessingState mail onPremisesDomainName onPremisesLastSyncDateTime
    onPremisesNetBiosName onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier
    onPremisesSyncEnabled proxyAddresses securityIdentifier serviceProvisioningErrors`,
  ),
  application: names(
    `id appId applicationTemplateId certification createdByAppId createdDateTime deletedDateTime
    disabledByMicrosoftStatus passwordCredentials publisherDomain verifiedPublisher`,
  ),
  servicePrincipal: names(
    `id appId applicationTemplateId appDescription appDisplayName appOwnerOrganizationId createdByAppId deletedDateTime
    disabledByMicrosoftStatus passwordCredentials resourceSpecificApplicationPermissions servicePrincipalType
    signInAudience verifiedPublisher`,
  ),
}

const VIEW = {
  user: userView,
  group: groupView,
  application: applicationView,
  servicePrincipal: servicePrincipalView,
} as Record<WritableType, (object: object) => Record<string, unknown>>

/** Accepted and not kept: the sandbox signs nobody in with a password. */
const FORGOTTEN = new Set(['passwordProfile'])

/** Never empty. */
const REQUIRED = new Set(['displayName', 'userPrincipalName', 'mailNickname'])

/**
 * The object with a client's changes; of structured properties those members that the client names.
 * @throws GraphFailure 400 for a property that does not exist or cannot be written, and for a value of another type
 */
export function applyChanges<T extends { other?: Record<string, unknown> }>(
  call: Call,
  type: WritableType,
  object: T,
  changes: Record<string, unknown>,
): T {
  const changed: Record<string, unknown> = { ...object }
  const other = { ...object.other }
  for (const [name, value] of Object.entries(changes)) {
    if (READ_ONLY[type].has(name) && isUnchanged(type, object, name, value)) continue
    const kept = OWN[type].has(name) ? changed : other
    const next = written(call, type, name, kept[name], value)
    if (FORGOTTEN.has(name)) continue
    kept[name] = name === 'keyCredentials' ? keysIn(next, other.keyCredentials) : next
  }
  if (Object.keys(other).length > 0) changed.other = other
  return changed as T
}

/** Clients write back what they read, of structured properties what they know of them. */
function isUnchanged(type: WritableType, object: object, name: string, value: unknown): boolean {
  const shown = VIEW[type](object)[name]
  return isDeepStrictEqual(merged(knownType(type).properties[name]!.type, shown, value), shown)
}

/** What the property is from now on. */
function written(call: Call, type: WritableType, name: string, before: unknown, value: unknown): unknown {
  const { properties } = knownType(type)
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (READ_ONLY[type].has(name) || (!property && call.request.version === 'v1.0')) {
    throw badRequest(`Property '${name}' is invalid or read-only on resource '${RESOURCE_NAMES[type]}'.`)
  }
  if (REQUIRED.has(name) && (typeof value !== 'string' || value.trim() === ''))
    throw invalidValue(name, RESOURCE_NAMES[type])
  if (!property) return value
  const next = merged(property.type, before ?? EXTRAS[type]?.[name], value)
  const [problem] = problemsOf(type, { [name]: next })
  if (problem) throw invalidValue(name, RESOURCE_NAMES[type], problem)
  return next
}

const keysIn = (written: unknown, before: unknown) =>
  completed(written as KeyCredential[], (before ?? []) as KeyCredential[])

/** The view of a single object, with the keys of its certificates where `$select` names them. */
export function withKeys(
  call: Call,
  view: Record<string, unknown>,
  { other }: { other: Record<string, unknown> },
): Record<string, unknown> {
  const selected = call.request.query.get('$select')?.split(',') ?? []
  return selected.includes('keyCredentials') ? { ...view, keyCredentials: other.keyCredentials ?? [] } : view
}
