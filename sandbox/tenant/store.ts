import type {
  Application,
  AppRoleAssignment,
  AuditRecord,
  Cycle,
  Escrow,
  Group,
  Job,
  Link,
  LogRecord,
  Membership,
  SecretSet,
  ServicePrincipal,
  User,
} from './model.ts'

/** A keyed collection whose writes are durable before they return (appended to the tenant's journal). */
export interface Collection<T> {
  get(key: string): T | undefined
  values(): IterableIterator<T>
  readonly size: number
  put(key: string, value: T): void
  delete(key: string): boolean
}

/** One object of the directory that changed at `revision`. */
export interface Change {
  revision: number
  kind: 'user' | 'group' | 'assignment'
  /** The user, the group, or (for an assignment) the service principal it belongs to. */
  id: string
  /** Objects that may have come into or left a scope by it: who joined or left the group, who was assigned or unassigned. */
  touches?: readonly string[]
}

/**
 * One tenant's state. The Graph surface and the provisioning service share it; both run in one process, so a write is
 * seen by the next read. Values are never mutated in place: a changed object is put again.
 */
export interface TenantStore {
  readonly tenantId: string
  readonly users: Collection<User>
  readonly groups: Collection<Group>
  readonly applications: Collection<Application>
  readonly servicePrincipals: Collection<ServicePrincipal>
  readonly assignments: Collection<AppRoleAssignment>
  /** By service principal id. */
  readonly secrets: Collection<SecretSet>
  readonly jobs: Collection<Job>
  readonly links: Collection<Link>
  readonly memberships: Collection<Membership>
  readonly escrows: Collection<Escrow>
  readonly log: Collection<LogRecord>
  readonly audits: Collection<AuditRecord>
  readonly cycles: Collection<Cycle>

  /** Grows by one with each write to users, groups or assignments. */
  readonly revision: number
  /** Distinct objects written after `revision`, in order; the cost is proportional to the changes. */
  changesSince(revision: number): Change[]
  /** Assignments of one service principal, by index. */
  assignmentsOf(servicePrincipalId: string): AppRoleAssignment[]
  /** Assignments that a user, group or service principal has, by index. */
  assignmentsTo(principalId: string): AppRoleAssignment[]
  /** Links of one job, by index. */
  linksOf(jobId: string): Link[]
  /** The links of one job to one object of the target, by index: more than one where source objects collide. */
  linksTo(jobId: string, targetId: string): Link[]
  /** Ids of the members that were written or left out in one group, by index. */
  membersOf(jobId: string, groupId: string): string[]
  /** How many objects of a type one job has linked; kept, not counted. */
  linkCount(jobId: string, objectType: Link['objectType']): number
  /** Group ids that have the object as a direct member, by index. */
  groupsOf(objectId: string): string[]
  /** Ids of users who have the user as their manager, by index. */
  reportsOf(managerId: string): string[]
  /** Run many writes with one append to the journal. */
  batch<R>(work: () => R): R
}

/** Now, in milliseconds since the epoch; the sandbox's clock can be moved ahead by its control surface. */
export interface Clock {
  now(): number
}
