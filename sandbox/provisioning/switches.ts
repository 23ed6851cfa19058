import type { DefaultMappings } from '../../sync/defaults/templates.ts'
import { DEFAULT_EVALUATION, type EvaluationOptions } from '../../sync/expression/functions/index.ts'
import { DEFAULT_LANGUAGE, type LanguageOptions } from '../../sync/expression/language.ts'
import { DEFAULT_SCOPE_OPTIONS, type ScopeOptions } from '../../sync/scope.ts'
import { MANY, type Range } from '../range.ts'

/** What the public documents leave open about the provisioning service, each with the value most sources agree on. */
export interface Switches extends ScopeOptions, LanguageOptions, EvaluationOptions {
  /** Where client id and secret go in the token request, for applications that do not say. */
  credentialLocation: 'header' | 'body'
  /** Acquire a token from the OAuth keys even where AuthenticationType is missing. */
  impliedByTemplate: boolean
  /** What OAuth keys without a client secret mean: a mistake, or workload identity federation. */
  missingSecret: 'refused' | 'workloadIdentity'
  /** A token is renewed this long before it expires. */
  tokenSkewSeconds: number
  newJobCode: 'Paused' | 'NotConfigured'
  /** Requests in flight towards the target. */
  concurrency: number
  requestTimeoutMs: number
  /** Header of every request to the target; empty: none. */
  userAgent: string
  /** Name of the header that tells the target which cycle, or which test of the connection, asks; empty: none is sent. */
  activityHeader: string
  /** Newest version of TLS spoken to the target. */
  tlsMaxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** Whether a 429 with Retry-After is waited for, up to 30 s, or fails the object at once. */
  retryAfter: 'honoured' | 'ignored'
  /** Seconds that are waited after a 429 without Retry-After, one for each attempt; empty: its object fails at once. */
  throttledRetrySeconds: readonly number[]
  /** Members that one PATCH adds or removes at most. */
  membersPerRequest: number
  /** Operations of one PATCH at most; null: all that there are. */
  operationsPerPatch: null | number
  managerForm: 'text' | 'object' | 'array'
  /** When a member or manager is written who was not provisioned at first: Microsoft names a restart as the only way. */
  lateReferences: 'onRestart' | 'withNextChange'
  /** Characters with which a value cannot be queried for; which of them Microsoft means by "special" is not said. */
  unqueryableCharacters: string
  /** Whether the target's object is read before it is disabled, as it is before other changes. */
  readBeforeDisable: boolean
  /** What becomes of the deletions up to the threshold in a cycle that exceeds it. */
  deletionsUpToThreshold: 'held' | 'executed'
  /** Cycles that must fail on credentials or an unusable target, one after the other, before quarantine. */
  failuresBeforeQuarantine: number
  /** Seconds from one attempt in quarantine to the next; the last repeats. */
  quarantineRetrySeconds: readonly number[]
  /** Seconds from an entry's first failure to each retry; then one a day. 0: with the next cycle. */
  escrowRetrySeconds: readonly number[]
  /** What an entry that fails for 28 days brings about beside its removal. */
  expiredEscrow: 'disablesJob' | 'nothing'
  /** Whether entries that fail in an initial cycle are tried again, or pruned, so that only a change brings them back. */
  initialEscrows: 'kept' | 'pruned'
  /** What two roles of one name bring about; of which applications' roles Microsoft says so is not told. */
  duplicateRoles: 'nothing' | 'quarantine'
  /** The service's known defect: in an incremental cycle, a Switch clears its target when other attributes changed. */
  switchDefect: boolean
  /** Default mappings: as Microsoft's pages list them, or as vendors' guides show them beside that. */
  defaultMappings: DefaultMappings
  /** What the progress of a running cycle counts: objects and their references, or pages of 100 of them. */
  progressUnits: 'objects' | 'pages'
  /** How provisionOnDemand answers: an array under a type name, as seen, or an object under its result, as documented. */
  onDemandReply: 'array' | 'object'
  /** `host:port` of the mail server that takes notifications; empty: none are sent. */
  smtp: string
  /** Log entries kept; the oldest go first. */
  logEntries: number
  /** How often the schedule is looked at, in real milliseconds. */
  tickMs: number
}

const HOUR = 3600

export const DEFAULT_SWITCHES: Switches = {
  credentialLocation: 'header',
  impliedByTemplate: false,
  missingSecret: 'refused',
  tokenSkewSeconds: 0,
  newJobCode: 'Paused',
  concurrency: 24,
  requestTimeoutMs: 30_000,
  userAgent: '',
  activityHeader: '',
  tlsMaxVersion: 'TLSv1.3',
  retryAfter: 'honoured',
  throttledRetrySeconds: [],
  membersPerRequest: 100,
  operationsPerPatch: null,
  managerForm: 'text',
  lateReferences: 'onRestart',
  unqueryableCharacters: '',
  readBeforeDisable: false,
  deletionsUpToThreshold: 'held',
  failuresBeforeQuarantine: 1,
  quarantineRetrySeconds: [300, 6 * HOUR, 12 * HOUR, 24 * HOUR],
  escrowRetrySeconds: [0, 6 * HOUR, 12 * HOUR, 24 * HOUR],
  expiredEscrow: 'disablesJob',
  initialEscrows: 'kept',
  duplicateRoles: 'nothing',
  ...DEFAULT_SCOPE_OPTIONS,
  ...DEFAULT_LANGUAGE,
  ...DEFAULT_EVALUATION,
  switchDefect: false,
  defaultMappings: 'documented',
  progressUnits: 'objects',
  onDemandReply: 'array',
  smtp: '',
  logEntries: 50_000,
  tickMs: 250,
}

/** Values of the switches that have only so many. */
export const SWITCH_CHOICES: Partial<Record<keyof Switches, string[]>> = {
  credentialLocation: ['header', 'body'],
  missingSecret: ['refused', 'workloadIdentity'],
  newJobCode: ['Paused', 'NotConfigured'],
  tlsMaxVersion: ['TLSv1.2', 'TLSv1.3'],
  retryAfter: ['honoured', 'ignored'],
  managerForm: ['text', 'object', 'array'],
  lateReferences: ['onRestart', 'withNextChange'],
  deletionsUpToThreshold: ['held', 'executed'],
  expiredEscrow: ['disablesJob', 'nothing'],
  initialEscrows: ['kept', 'pruned'],
  duplicateRoles: ['nothing', 'quarantine'],
  regexMatch: ['anywhere', 'whole'],
  ampersand: ['bits', 'oneOf'],
  functionNames: ['caseSensitive', 'anyCase'],
  unsupportedForms: ['refused', 'evaluated'],
  iifOnNull: ['falseBranch', 'noValue'],
  otherDiacritics: ['kept', 'removed'],
  defaultMappings: ['documented', 'vendorGuides'],
  progressUnits: ['objects', 'pages'],
  onDemandReply: ['array', 'object'],
}

/** Whole numbers that a switch, or each of its list, may be. */
export const SWITCH_RANGES: Partial<Record<keyof Switches, Range>> = {
  tokenSkewSeconds: [0, MANY],
  concurrency: [1, 1000],
  requestTimeoutMs: [1, MANY],
  throttledRetrySeconds: [0, 3600],
  membersPerRequest: [1, MANY],
  operationsPerPatch: [1, MANY],
  failuresBeforeQuarantine: [1, MANY],
  quarantineRetrySeconds: [0, MANY],
  escrowRetrySeconds: [0, MANY],
  logEntries: [1, MANY],
  tickMs: [1, MANY],
}
