/** What the application that runs Entrada needs of Microsoft Graph, and what for. Source: graph-api.md 2.2, 3.13, 6. */

export interface NeededPermission {
  /** The least that does. */
  value: string
  /** Broader ones, of which one does as well. */
  anyOf?: string[]
  why: string
  when: 'always' | 'groupsByName' | 'usersByName' | 'managedGroups' | 'forecast' | 'provisioningLog'
}

const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']

export const NEEDED_PERMISSIONS: NeededPermission[] = [
  {
    value: 'Application.ReadWrite.OwnedBy',
    anyOf: ['Application.ReadWrite.All', 'Directory.ReadWrite.All'],
    why: 'makes the application out of the gallery',
    when: 'always',
  },
  {
    value: 'Synchronization.ReadWrite.All',
    anyOf: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All', 'Directory.ReadWrite.All'],
    why: 'configures and starts the provisioning job',
    when: 'always',
  },
  { value: 'AppRoleAssignment.ReadWrite.All', why: 'assigns users and groups', when: 'always' },
  {
    value: 'Group.Read.All',
    anyOf: ['Group.ReadBasic.All', 'GroupMember.Read.All', 'Group.ReadWrite.All', ...DIRECTORY],
    why: 'finds the groups that are to be assigned',
    when: 'groupsByName',
  },
  {
    value: 'User.Read.All',
    anyOf: ['User.ReadBasic.All', 'User.ReadWrite.All', ...DIRECTORY],
    why: 'finds the users who are to be assigned',
    when: 'usersByName',
  },
  {
    value: 'Group.ReadWrite.All',
    anyOf: ['Directory.ReadWrite.All'],
    why: 'makes the groups of entrada:managedGroups',
    when: 'managedGroups',
  },
  {
    value: 'ProvisioningLog.Read.All',
    anyOf: ['AuditLog.Read.All', 'Directory.Read.All'],
    why: 'shows what was provisioned, and what failed',
    when: 'provisioningLog',
  },
]

/** What of `needed` is not covered by the granted permissions. */
export function missingPermissions(
  granted: ReadonlySet<string>,
  needed: readonly NeededPermission[],
): NeededPermission[] {
  return needed.filter(({ value, anyOf = [] }) => ![value, ...anyOf].some((name) => granted.has(name)))
}
