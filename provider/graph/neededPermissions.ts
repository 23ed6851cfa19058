/** What a stack may do beyond making and running its provisioning. */
export const USES = ['assignments', 'managedGroups', 'forecast', 'log', 'drift', 'adoptedApplications'] as const
export type Use = (typeof USES)[number]

/** What an identity is for: to run updates, or only to look at what they would do and have done. */
export const ACCESSES = ['change', 'read'] as const
export type Access = (typeof ACCESSES)[number]

/** Needed where one of these is used, `always` if without any. */
type Needed = 'always' | readonly Use[]

/** An application permission of Microsoft Graph that Entrada calls with. */
export interface NeededPermission {
  /** As tokens carry it in `roles`. */
  value: string
  /** Of the app role, the same in every tenant; undefined where it is not public. */
  id?: string
  why: string
  /** Broader ones, of which each does as well. */
  coveredBy: readonly string[]
  /** By what the identity is for; an access without an entry needs it never. */
  for: Partial<Record<Access, Needed>>
}

const DIRECTORY = ['assignments', 'managedGroups', 'forecast'] as const

/**
 * The least that each call takes. Source: Microsoft Graph permissions reference (graph-api.md 2.2, 3.13, 5.1, 6);
 * azuread's documentation for what its groups need.
 */
export const NEEDED_PERMISSIONS: readonly NeededPermission[] = [
  {
    value: 'Application.ReadWrite.OwnedBy',
    id: '18a4783c-866b-4cc7-a460-3d5e5662c884',
    why: 'make the application from the gallery, set up its provisioning and run it; it reaches no application but those that the caller owns, which are those it made',
    coveredBy: ['Application.ReadWrite.All'],
    for: { change: 'always' },
  },
  {
    value: 'AppRoleAssignment.ReadWrite.All',
    id: '06b708a9-e830-4db3-a914-8e69da51d44f',
    why: 'assign users and groups',
    coveredBy: [],
    for: { change: ['assignments'] },
  },
  {
    value: 'Application.Read.All',
    id: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
    why: 'read who is assigned to an application, and which application owns a group',
    coveredBy: ['Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    for: { change: DIRECTORY, read: 'always' },
  },
  {
    value: 'Synchronization.Read.All',
    id: '5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce',
    why: 'read jobs and mappings of applications that others own, and how provisioning is',
    coveredBy: ['Synchronization.ReadWrite.All'],
    for: { read: 'always' },
  },
  {
    value: 'User.Read.All',
    id: 'df021288-bdef-4463-88db-98f22de89214',
    why: 'find users by name, see who is disabled and what would be provisioned of each',
    coveredBy: ['User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    for: { change: DIRECTORY, read: DIRECTORY },
  },
  {
    value: 'GroupMember.Read.All',
    id: '98830695-27a2-44f7-8c18-0c3ebc9698f6',
    why: 'find groups by name, see their kind and their members',
    coveredBy: [
      'GroupMember.ReadWrite.All',
      'Group.Read.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
    for: { change: DIRECTORY, read: DIRECTORY },
  },
  {
    value: 'Group.Create',
    id: 'bf7b1a76-6e77-406b-b258-bf5c7720e98f',
    why: 'make security groups and, as their owner, change and delete those',
    coveredBy: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
    for: { change: ['managedGroups'] },
  },
  {
    value: 'ProvisioningLog.Read.All',
    why: "read in Entra's log what provisioning did for whom",
    coveredBy: ['AuditLog.Read.All', 'Directory.Read.All'],
    for: { change: ['log'], read: ['log'] },
  },
  {
    value: 'AuditLog.Read.All',
    id: 'b0afded3-3588-46d8-8b3d-9842eff778da',
    why: "read in Entra's log who changed what the stack had set up",
    coveredBy: [],
    for: { change: ['drift'], read: ['drift'] },
  },
  {
    value: 'Application.ReadWrite.All',
    id: '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
    why: 'manage applications that somebody else made, without being an owner of them',
    coveredBy: [],
    for: { change: ['adoptedApplications'] },
  },
  {
    value: 'Synchronization.ReadWrite.All',
    id: '9b50c33d-700f-43b1-b2eb-87e89b703581',
    why: 'set up and run their provisioning',
    coveredBy: [],
    for: { change: ['adoptedApplications'] },
  },
]

/** The permissions for `uses`, in the order of the table; for an identity that only reads never one to write. */
export function permissionsFor(uses: readonly Use[], access: Access = 'change'): NeededPermission[] {
  return NEEDED_PERMISSIONS.filter(
    ({ for: { [access]: needed = [] } }) => needed === 'always' || needed.some((use) => uses.includes(use)),
  )
}

/** What of `needed` the granted permissions do not cover. */
export function missingPermissions(
  granted: ReadonlySet<string>,
  needed: readonly NeededPermission[],
): NeededPermission[] {
  return needed.filter(({ value, coveredBy }) => ![value, ...coveredBy].some((name) => granted.has(name)))
}
