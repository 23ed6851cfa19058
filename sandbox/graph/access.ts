import { forbidden, type GraphFailure, unknownError } from './errors.ts'
import { findApplication, findServicePrincipal } from './lookup.ts'
import type { Call } from './request.ts'
import type { Access } from './router.ts'

const ADMINISTER = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const OWNED = 'Application.ReadWrite.OwnedBy'
/** With it an application also changes the groups that it owns (azuread's documentation of its groups). */
const CREATE_GROUPS = 'Group.Create'
const SYNCHRONIZE = ['Synchronization.ReadWrite.All', ...ADMINISTER]

/** Application permissions by operation (Graph permissions reference); the first ones are the least privileged. */
export const ACCESS = {
  anyone: { anyOf: [] },
  readApplications: { anyOf: ['Application.Read.All', OWNED, 'Directory.Read.All', ...ADMINISTER] },
  instantiate: { anyOf: [OWNED, ...ADMINISTER] },
  writeApplication: { anyOf: ADMINISTER, owner: 'application' },
  writeServicePrincipal: { anyOf: ADMINISTER, owner: 'servicePrincipal' },
  readSynchronization: {
    anyOf: ['Synchronization.Read.All', ...SYNCHRONIZE],
    owner: 'servicePrincipal',
    synchronization: 'read',
  },
  writeSynchronization: { anyOf: SYNCHRONIZE, owner: 'servicePrincipal', synchronization: 'write' },
  discover: { anyOf: ADMINISTER, owner: 'servicePrincipal', synchronization: 'write' },
  readAssignments: {
    anyOf: ['Application.Read.All', 'Directory.Read.All', 'AppRoleAssignment.ReadWrite.All', ...ADMINISTER],
  },
  writeAssignments: { anyOf: ['AppRoleAssignment.ReadWrite.All'] },
  readUsers: {
    anyOf: [
      'User.ReadBasic.All',
      'User.Read.All',
      'User.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readUsersFully: { anyOf: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'] },
  writeUsers: { anyOf: ['User.ReadWrite.All', 'Directory.ReadWrite.All'] },
  readGroups: {
    anyOf: [
      'Group.ReadBasic.All',
      'GroupMember.ReadBasic.All',
      'GroupMember.Read.All',
      'Group.Read.All',
      'Group.ReadWrite.All',
      'GroupMember.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readGroupProfiles: {
    anyOf: [
      'Group.ReadBasic.All',
      'GroupMember.Read.All',
      'Group.Read.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readMemberships: {
    anyOf: ['GroupMember.Read.All', 'Group.Read.All', 'User.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  createGroups: { anyOf: [CREATE_GROUPS, 'Group.ReadWrite.All', 'Directory.ReadWrite.All'] },
  writeGroups: { anyOf: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'], owner: 'group' },
  writeMembers: {
    anyOf: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'],
    owner: 'group',
  },
  readObjects: {
    anyOf: ['Directory.Read.All', 'Directory.ReadWrite.All', 'User.Read.All', 'Group.Read.All', 'Application.Read.All'],
  },
  readOrganization: {
    anyOf: ['Organization.Read.All', 'Organization.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  readDomains: {
    anyOf: ['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  readLicences: {
    anyOf: [
      'LicenseAssignment.Read.All',
      'Organization.Read.All',
      'Organization.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readProvisioningLog: { anyOf: ['ProvisioningLog.Read.All', 'AuditLog.Read.All', 'Directory.Read.All'] },
  readAuditLog: { anyOf: ['AuditLog.Read.All'] },
} satisfies Record<string, Access>

/** @throws GraphFailure 403, or 401 `UnknownError` as the synchronization service has it */
export function authorize(access: Access, call: Call): void {
  const { roles } = call.request.caller
  if (access.anyOf.length === 0 || access.anyOf.some((role) => roles.has(role))) return
  if (access.owner && roles.has(access.owner === 'group' ? CREATE_GROUPS : OWNED) && owns(access.owner, call)) return
  throw refusal(access, call)
}

function owns(kind: NonNullable<Access['owner']>, call: Call): boolean {
  const { id, key } = call.params
  if (kind === 'group') return isOwner(call, call.tenant.groups.get((key ?? id)!))
  if (id === undefined) return true
  return isOwner(call, kind === 'application' ? findApplication(call, id) : findServicePrincipal(call, id))
}

/** Of what is not there everybody may learn that. */
const isOwner = (call: Call, object: { ownerIds?: string[] } | undefined): boolean =>
  object === undefined || (object.ownerIds ?? []).includes(call.request.caller.objectId)

function refusal(access: Access, call: Call): GraphFailure {
  if (!access.synchronization || call.settings.synchronizationDenied === 'forbidden') return forbidden()
  const mayRead = call.request.caller.roles.has('Synchronization.Read.All')
  return access.synchronization === 'write' && mayRead ? forbidden() : unknownError()
}
