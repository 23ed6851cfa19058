/** Which application permission a Graph path needs. Source: permissions reference of Microsoft Graph. */

const SYNC_WRITE =
  'Synchronization.ReadWrite.All, or Application.ReadWrite.OwnedBy and ownership of both the application and its service principal,'

const RULES: [path: RegExp, read: string, write: string][] = [
  // No permission is documented for reading them; those to write do.
  [/\/synchronization\/secrets$/, SYNC_WRITE, SYNC_WRITE],
  [/\/synchronization(\/|$)/, 'Synchronization.Read.All', SYNC_WRITE],
  [/^\/auditLogs\/provisioning/, 'ProvisioningLog.Read.All', 'ProvisioningLog.Read.All'],
  [/^\/auditLogs\/directoryAudits/, 'AuditLog.Read.All', 'AuditLog.Read.All'],
  [/\/appRoleAssignedTo/, 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All (and Application.Read.All)'],
  [/^\/users/, 'User.Read.All', 'User.ReadWrite.All'],
  [/^\/groups\/[^/]+\/(transitiveM|m)embers/, 'GroupMember.Read.All', 'GroupMember.ReadWrite.All'],
  [/^\/groups/, 'GroupMember.Read.All', 'Group.ReadWrite.All'],
  [
    /^\/(applications|servicePrincipals|applicationTemplates|directory\/deletedItems)/,
    'Application.ReadWrite.OwnedBy or Application.Read.All',
    'Application.ReadWrite.OwnedBy (for applications it owns) or Application.ReadWrite.All',
  ],
]

export function permissionFor(method: string, path: string): string {
  const [, read, write] = RULES.find(([pattern]) => pattern.test(path)) ?? []
  return (method === 'GET' ? read : write) ?? 'the permission that the Graph reference names for this call'
}
