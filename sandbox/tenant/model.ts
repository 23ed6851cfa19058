/**
 * What one tenant of the sandbox holds. Plain data: the Graph surface reads and writes it, the provisioning service
 * reads the directory and writes job state. Times are ISO 8601 strings of the sandbox clock.
 */

/** A directory user; the property names are Graph's own, so that mappings and $select address them directly. */
export interface User {
  id: string
  userPrincipalName: string
  displayName: string
  givenName: string | null
  surname: string | null
  mail: string | null
  mailNickname: string | null
  jobTitle: string | null
  department: string | null
  companyName: string | null
  employeeId: string | null
  officeLocation: string | null
  streetAddress: string | null
  city: string | null
  state: string | null
  postalCode: string | null
  country: string | null
  usageLocation: string | null
  preferredLanguage: string | null
  mobilePhone: string | null
  businessPhones: string[]
  faxNumber: string | null
  proxyAddresses: string[]
  userType: 'Member' | 'Guest'
  accountEnabled: boolean
  createdDateTime: string
  onPremisesExtensionAttributes: Record<string, string | null>
  /** Object id of the manager; a navigation property in Graph, a reference attribute in mappings. */
  managerId: string | null
  /** Set while the user is in deleted items (soft-deleted). A purged user is removed from the collection. */
  deletedDateTime: string | null
  /** Further Graph properties as clients wrote them. */
  other?: Record<string, unknown>
}

export interface Group {
  id: string
  displayName: string
  description: string | null
  mail: string | null
  mailEnabled: boolean
  mailNickname: string
  securityEnabled: boolean
  groupTypes: string[]
  createdDateTime: string
  /** Object ids of direct members: users and groups. */
  memberIds: string[]
  /** Absent: nobody owns it. */
  ownerIds?: string[]
  deletedDateTime: string | null
  /** Further Graph properties as clients wrote them. */
  other?: Record<string, unknown>
}

export interface AppRole {
  id: string
  displayName: string
  description: string
  value: string | null
  isEnabled: boolean
  allowedMemberTypes: string[]
  origin: 'Application'
}

export interface Application {
  id: string
  appId: string
  displayName: string
  applicationTemplateId: string | null
  createdDateTime: string
  notes: string | null
  tags: string[]
  appRoles: AppRole[]
  ownerIds: string[]
  deletedDateTime: string | null
  /** Further Graph properties as clients wrote them. */
  other: Record<string, unknown>
}

export interface ServicePrincipal {
  id: string
  appId: string
  displayName: string
  applicationTemplateId: string | null
  accountEnabled: boolean
  appRoleAssignmentRequired: boolean
  appRoles: AppRole[]
  tags: string[]
  notes: string | null
  ownerIds: string[]
  deletedDateTime: string | null
  other: Record<string, unknown>
}

export interface AppRoleAssignment {
  id: string
  appRoleId: string
  principalId: string
  principalType: 'User' | 'Group' | 'ServicePrincipal'
  resourceId: string
  createdDateTime: string
}

/** A key and its value as PUT to `synchronization/secrets`, unredacted. */
export type SecretSet = Record<string, string>

/** A Graph `synchronizationTemplate` that the owner of an application changed or added. */
export interface SynchronizationTemplate {
  id: string
  default: boolean
  description: string | null
  discoverable: boolean
  /** Names the implementation that jobs of the template run by. */
  factoryTag: string
  metadata: { key: string; value: string }[]
  /** Graph's synchronizationSchema; null while the one that comes with the implementation is in force. */
  schema: unknown
}

/** A Graph `synchronizationJob` and what the service keeps beside it. One document a job, stored whole. */
export interface Job {
  id: string
  templateId: string
  servicePrincipalId: string
  schedule: { expiration: string | null; interval: string; state: 'Active' | 'Disabled' | 'Paused' }
  /** Graph's synchronizationStatus, kept in its own shape. */
  status: Record<string, unknown> & { code: 'NotConfigured' | 'NotRun' | 'Active' | 'Paused' | 'Quarantine' }
  synchronizationJobSettings: { name: string; value: string }[]
  /** Template that comes with the implementation; absent where the job's template is that one. */
  factory?: string
  /** Graph's synchronizationSchema as a client wrote it; null while the one that comes with the implementation is in force. */
  schema: unknown
  /** Directory revision up to which changes were read; null before the first cycle and after a restart that drops it. */
  watermark: number | null
  /** Restart with ForceDeletes: held-back deletions go through in the next cycle. */
  forceDeletes: boolean
  /** Deletions carried out of those of which the others are held back as too many; absent or 0 where none are held. */
  deletionsLetThrough?: number
}

/** Connector data store: link of a source object to the target's id. Stored one record an object, keyed `${jobId}/${objectId}`. */
export interface Link {
  jobId: string
  objectId: string
  objectType: 'user' | 'group'
  targetId: string
  /** What was last written, by target attribute path: the next cycle sends only what differs. */
  written: Record<string, unknown>
  /** What a Switch gave for targets that its defect has cleared since, by target attribute path. */
  switched?: Record<string, unknown>
  /** The object was disabled by us: false `active` at the target. */
  disabled: boolean
  /** The object has left the scope: from then on its deletion in the source is none of our business. */
  unmanaged?: boolean
  /** Object id of a manager who was not provisioned when he was to be written. */
  leftOutManager?: string
  /** All members of the group were looked at: from the watermark on it is enough to look at those who join and leave. */
  membersSettled?: boolean
}

/**
 * What was done about a member of a linked group. One record a member, keyed `${jobId}/${groupId}/${memberId}`, so that
 * a change costs the same in a group of any size. Left out is who was not provisioned when the member was to be written.
 */
export type Membership = 'written' | 'leftOut'

/** An entry that failed and waits for its retry. Keyed `${jobId}/${objectId}`. */
export interface Escrow {
  jobId: string
  objectId: string
  objectType: 'user' | 'group'
  errorCode: string
  message: string
  attempts: number
  firstFailed: string
  nextAttempt: string
}

export type LogAction = 'create' | 'update' | 'disable' | 'delete' | 'stagedDelete' | 'other'

/** How the scope of an object was determined. */
export interface ScopeFacts {
  active: boolean
  assigned: boolean
  /** Assigned, or everything is synchronized, and passing the scoping filters. */
  inScope: boolean
  /** Each clause of the scoping filter, by its text. */
  clauses: Record<string, boolean>
}

export interface ModifiedProperty {
  displayName: string
  oldValue: string | null
  newValue: string | null
}

/** What happened to one object. Graph's provisioningObjectSummary is made of it when it is read: that is ten times as long. */
export interface LogRecord {
  id: string
  jobId: string
  cycleId: string
  servicePrincipalId: string
  activityDateTime: string
  durationMs: number
  /** Id and object names of the mapping; shared by the records of a cycle. */
  mapping: { ruleId: string; objectType: 'user' | 'group'; sourceObjectName: string; targetObjectName: string }
  objectId: string
  displayName: string
  /** Null for a group. */
  userPrincipalName: string | null
  targetId: string | null
  action: LogAction
  status: 'success' | 'failure' | 'skipped'
  /** Absent where an object that was scoped before has its references written. */
  scope?: ScopeFacts
  /** Queries sent to find the object at the target; absent for one that was linked already. */
  filters?: readonly string[]
  modified?: ModifiedProperty[]
  error?: { code: string; message: string }
  /** When the failed object is tried again. */
  retry?: { attempts: number; at: string }
  skipReason?: string
}

/** An object that a change was about, as it was then. */
export interface AuditTarget {
  id: string
  type: 'User' | 'Group' | 'Application' | 'ServicePrincipal'
  displayName: string
  userPrincipalName?: string
  /** Values as JSON text. */
  modified?: { name: string; before: string | null; after: string | null }[]
}

/** A change that a client had made over Graph, or a job's quarantine. Graph's directoryAudit is made of it when it is read. */
export interface AuditRecord {
  id: string
  at: string
  activity: string
  category: string
  service: string
  operation: 'Add' | 'Update' | 'Delete'
  by: {
    app?: { appId: string | null; displayName: string | null; servicePrincipalId: string | null }
    user?: { id: string; displayName: string | null; userPrincipalName: string | null }
  }
  targets: AuditTarget[]
}

export interface CycleCounts {
  created: number
  updated: number
  disabled: number
  deleted: number
  skipped: number
  failed: number
}

/** Summary of one finished cycle; the newest are kept for the portal page and for `/sandbox/cycles`. */
export interface Cycle {
  id: string
  jobId: string
  kind: 'initial' | 'incremental'
  state: 'Succeeded' | 'Failed' | 'EntryLevelErrors'
  users: CycleCounts
  groups: CycleCounts
  began: string
  ended: string
  /** Wall-clock duration, seconds. */
  seconds: number
  error: { code: string; message: string } | null
}
