import { forbidden, type GraphFailure, unknownError } from './errors.ts'
import { findApplication, findServicePrincipal } from './lookup.ts'
import type { Call } from './request.ts'
import type { Access } from './router.ts'

const ADMINISTER = ['Application.ReadWrite.All', 'Directory.ReadWrite.All']
const OWNED = 'Application.ReadWrite.OwnedBy'
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
      'Group.Read.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readMemberships: {
    anyOf: ['GroupMember.Read.All', 'Group.Read.All', 'User.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  writeGroups: { anyOf: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'] },
  writeMembers: { anyOf: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'] },
  readObjects: {
    anyOf: ['Directory.Read.All', 'Directory.ReadWrite.All', 'User.Read.All', 'Group.Read.All', 'Application.Read.All'],
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
} satisfies Record<string, Access>

/** @throws GraphFailure 403, or 401 `UnknownError` as the synchronization service has it */
export function authorize(access: Access, call: Call): void {
  const { roles } = call.request.caller
  if (access.anyOf.length === 0 || access.anyOf.some((role) => roles.has(role))) return
  if (access.owner && roles.has(OWNED) && owns(access.owner, call)) return
  throw refusal(access, call)
}

function owns(kind: 'application' | 'servicePrincipal', call: Call): boolean {
  const { id } = call.params
  if (id === undefined) return true
  const object = kind === 'application' ? findApplication(call, id) : findServicePrincipal(call, id)
  return object?.ownerIds.includes(call.request.caller.objectId) ?? true
}

function refusal(access: Access, call: Call): GraphFailure {
  if (!access.synchronization || call.settings.synchronizationDenied === 'forbidden') return forbidden()
  const mayRead = call.request.caller.roles.has('Synchronization.Read.All')
  return access.synchronization === 'write' && mayRead ? forbidden() : unknownError()
}
