import { knownType } from './contract/metadata.ts'
import { problemsOf } from './contract/validate.ts'
import { badRequest, invalidValue } from './errors.ts'
import { completed, type KeyCredential } from './keyCredentials.ts'
import type { Call } from './request.ts'

export type WritableType = 'user' | 'group' | 'application' | 'servicePrincipal'

const RESOURCE = { user: 'User', group: 'Group', application: 'Application', servicePrincipal: 'ServicePrincipal' }

/** Kept in places of their own; what else Graph knows goes to `other` as it was written. */
const OWN: Record<WritableType, ReadonlySet<string>> = {
  user: new Set(
    `userPrincipalName displayName givenName surname mail mailNickname jobTitle department companyName employeeId
    officeLocation streetAddress city state postalCode country usageLocation preferredLanguage mobilePhone
    businessPhones faxNumber proxyAddresses userType accountEnabled onPremisesExtensionAttributes`.split(/\s+/),
  ),
  group: new Set('displayName description mail mailEnabled mailNickname securityEnabled groupTypes'.split(' ')),
  application: new Set(['displayName', 'notes', 'tags', 'appRoles']),
  servicePrincipal: new Set([
    'displayName',
    'accountEnabled',
    'appRoleAssignmentRequired',
    'notes',
    'tags',
    'appRoles',
  ]),
}

const READ_ONLY: Record<WritableType, ReadonlySet<string>> = {
  user: new Set(['id', 'createdDateTime', 'deletedDateTime', 'creationType', 'externalUserState', 'assignedPlans']),
  group: new Set(['id', 'createdDateTime', 'deletedDateTime', 'renewedDateTime', 'expirationDateTime']),
  application: new Set(['id', 'appId', 'applicationTemplateId', 'createdDateTime', 'deletedDateTime']),
  servicePrincipal: new Set(['id', 'appId', 'applicationTemplateId', 'deletedDateTime', 'appDisplayName']),
}

/** Accepted and not kept: the sandbox signs nobody in with a password. */
const FORGOTTEN = new Set(['passwordProfile'])

/** Never empty. */
const REQUIRED = new Set(['displayName', 'userPrincipalName', 'mailNickname'])

/**
 * The object with a client's changes.
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
    if (FORGOTTEN.has(name)) continue
    check(call, type, name, value)
    if (OWN[type].has(name)) changed[name] = value
    else other[name] = name === 'keyCredentials' ? keysIn(value, other.keyCredentials) : value
  }
  if (Object.keys(other).length > 0) changed.other = other
  return changed as T
}

function check(call: Call, type: WritableType, name: string, value: unknown): void {
  const isKnown = Object.hasOwn(knownType(type).properties, name)
  if (READ_ONLY[type].has(name) || (!isKnown && call.request.version === 'v1.0')) {
    throw badRequest(`Property '${name}' is invalid or read-only on resource '${RESOURCE[type]}'.`)
  }
  const isEmpty = REQUIRED.has(name) && (typeof value !== 'string' || value.trim() === '')
  if (isEmpty || (isKnown && problemsOf(type, { [name]: value }).length > 0)) throw invalidValue(name, RESOURCE[type])
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
