/** The role of an assignment without a role. */
export const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000'

/** Whether an assignment entitles: its role is none, or one that the application has switched on. */
export const grantsAccess = (appRoleId: string, enabledRoles: { has(id: string): boolean }): boolean =>
  appRoleId === DEFAULT_ACCESS || enabledRoles.has(appRoleId)

/**
 * Whether an assigned group is provisioned, and entitles its direct members.
 * Source: Microsoft Learn, "How Application Provisioning works in Microsoft Entra ID", assignment-based scoping.
 */
export const entitlesMembers = (group: { securityEnabled: boolean }): boolean => group.securityEnabled
