/** What a forecast says; everything that shows one works on this. */

export type Kind = 'user' | 'group'

export type Outcome =
  /** Made at the target. */
  | 'create'
  /** Found at the target and managed from then on; `changes` is empty where it is as it is to be. */
  | 'match'
  /** Managed already, and changed. */
  | 'update'
  | 'disable'
  | 'delete'
  /** Tried and refused, by the target or because a mapping gives nothing usable. */
  | 'refuse'
  | 'leaveOut'
  | 'unchanged'

export type Reason =
  | 'notAssigned'
  | 'nestedOnly'
  | 'groupNotSecurityEnabled'
  | 'scopingFilter'
  | 'inputFilter'
  | 'disabled'
  | 'softDeleted'
  | 'noMatchingValue'
  | 'createOff'
  | 'updateOff'
  | 'deleteOff'
  | 'skipsDeletions'
  | 'softDeleteNotMapped'
  | 'alreadyDisabled'
  | 'noLongerManaged'

/** One attribute at the target. @see Entry.changes */
export interface Change {
  attribute: string
  /** Null: nothing is there, or it is not known. */
  before: string | null
  after: string | null
}

export interface Members {
  added: number
  removed: number
}

export interface Entry {
  kind: Kind
  /** Object id in Entra. */
  id: string
  name: string
  /** User principal name; null for a group. */
  login: string | null
  outcome: Outcome
  /** Why it is left out. */
  reason?: Reason
  /** Error code of a refusal, as the provisioning log has it. */
  error?: string
  /** In words: the clause that does not hold, what is missing, who has the value. */
  detail?: string
  changes?: Change[]
  /**
   * What differs at the target without being written in this cycle; `gone`: the object is not there any more. The
   * target is not watched, so that it is written only once the object changes in Entra.
   */
  differs?: Change[] | 'gone'
  /** No entry of the provisioning log proves it: what is managed, or has changed, goes by what the target holds. */
  unproven?: boolean
  /** Memberships of a group that are written. */
  members?: Members
  guest?: boolean
  /** Disabled by provisioning before, and active again. */
  restored?: boolean
  /** The account is gone from the target already; the guard counts the deletion all the same. */
  lost?: boolean
  /** A deletion that the guard holds back. */
  held?: boolean
  /** Gets no licence for now: all are taken. */
  waits?: boolean
}

export type Counts = Record<Outcome, number>

export interface Guard {
  /** Null: none is set. */
  threshold: number | null
  /** Users and groups that would be disabled or deleted. */
  deletions: number
  /** More than the threshold: all of them are held back. */
  holds: boolean
}

export interface Licences {
  type: string
  /** Null: without limit. */
  seats: number | null
  held: number
  /** Who waits now, and who waits afterwards. */
  waitingBefore: number
  waiting: number
}

export interface Forecast {
  stack: string
  tenantId: string
  at: string
  application: { displayName: string; servicePrincipalId: string | null }
  job: { id: string | null; status: string | null; cycle: 'initial' | 'incremental' }
  scope: 'assigned' | 'all'
  users: Counts
  groups: Counts
  leftOut: Partial<Record<Reason, number>>
  guard: Guard
  licences: Licences | null
  /** Accounts at the target that nobody in the directory matches; null where the target was not read. */
  targetOnly: number | null
  /** What is changed in the job, compared with how it is now; one line each. */
  jobChanges: string[]
  /** Limits that are exceeded, or cannot be judged; one line each. */
  exceeded: string[]
  /** What could not be known, one sentence each. */
  unknowns: string[]
  entries: Entry[]
}

export const OUTCOMES: readonly Outcome[] = [
  'create',
  'match',
  'update',
  'disable',
  'delete',
  'refuse',
  'leaveOut',
  'unchanged',
]

export const noCounts = (): Counts => Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Counts
