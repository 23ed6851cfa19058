/** What the public documents leave open about the provisioning service, each with the value most sources agree on. */
export interface Switches {
  /** Where client id and secret go in the token request. */
  credentialLocation: 'header' | 'body'
  /** Acquire a token from the OAuth keys even where AuthenticationType is missing. */
  impliedByTemplate: boolean
  newJobCode: 'Paused' | 'NotConfigured'
  /** Requests in flight towards the target. */
  concurrency: number
  requestTimeoutMs: number
  membersPerRequest: number
  managerForm: 'text' | 'object' | 'array'
  /** What becomes of the deletions up to the threshold in a cycle that exceeds it. */
  deletionsUpToThreshold: 'held' | 'executed'
  /** Seconds from one attempt in quarantine to the next; the last repeats. */
  quarantineRetrySeconds: readonly number[]
  iifOnNull: 'falseBranch' | 'noValue'
  /** Log entries kept; the oldest go first. */
  logEntries: number
  /** How often the schedule is looked at, in real milliseconds. */
  tickMs: number
}

const HOUR = 3600

export const DEFAULT_SWITCHES: Switches = {
  credentialLocation: 'header',
  impliedByTemplate: false,
  newJobCode: 'Paused',
  concurrency: 24,
  requestTimeoutMs: 30_000,
  membersPerRequest: 100,
  managerForm: 'text',
  deletionsUpToThreshold: 'held',
  quarantineRetrySeconds: [300, 6 * HOUR, 12 * HOUR, 24 * HOUR],
  iifOnNull: 'falseBranch',
  logEntries: 50_000,
  tickMs: 250,
}
