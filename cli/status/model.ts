import type { Quarantine } from '../../provider/resources/provisioningJob/inputs.ts'
import type { Counts } from '../start/control.ts'
import type { LastUpdate } from './lastUpdate.ts'

/** `healthy`: nothing is to be done; `attention`: a person is needed; `unknown`: it could not be found out. */
export type Health = 'healthy' | 'attention' | 'unknown'

export interface Problem {
  what: string
  fix: string
}

/** One stack as it is just now. Null stands for what does not exist, or was not told; `unknown` says which of the two. */
export interface StackStatus {
  stack: string
  labels: string[]
  health: Health
  tenantId: string | null
  application: { displayName: string; applicationId: string; servicePrincipalId: string } | null
  job: { id: string; on: boolean; code: string } | null
  lastCycle: { state: string; began: string; ended: string; code: string; message: string } | null
  /** ISO 8601, as the schedule has it. */
  nextCycle: string | null
  progress: { completed: number; total: number } | null
  /** Objects that are linked to one at the target. */
  synchronized: { users: number; groups: number } | null
  /** Objects that failed and are tried again. */
  inError: number | null
  quarantine: Quarantine | null
  log: LogSummary | null
  licences: { licensed: number; waiting: number } | null
  /**
   * When the client secret ends, ISO 8601: as the bundled SCIM service has it, or as `target.clientSecretExpires` in the
   * stack's file says of another target. Null where it does not say.
   */
  secretExpires: string | null
  /** Null also where the backend is no folder and was not asked. */
  lastUpdate: LastUpdate | null
  problems: Problem[]
  /** What could not be found out, and why. */
  unknown: string[]
  /** Requests to Graph. */
  requests: number
}

/** What the provisioning log says of the time asked for. */
export interface LogSummary {
  since: string
  /** False where the log holds more than was read. */
  complete: boolean
  /** Events by what was done. */
  users: Counts
  groups: Counts
  /** Objects whose newest event is a failure, the newest first. */
  failing: Failing[]
}

export interface Failing {
  id: string
  name: string
  type: string
  at: string
  action: string
  code: string
  reason: string
  fix: string
  /** Failures of this object in the time asked for. */
  times: number
}
