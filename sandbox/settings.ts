import { CLOUDS, type CloudName } from './login/clouds.ts'
import { mailServerOf } from './provisioning/notify/mail.ts'
import { DEFAULT_SWITCHES, SWITCH_CHOICES, SWITCH_RANGES, type Switches } from './provisioning/switches.ts'
import { isWithin, MANY, type Range } from './range.ts'

/** What the outside world does not say about itself, or does only sometimes: each is a switch. */
export interface Settings extends Switches {
  /** Every Graph call takes this much longer, milliseconds. */
  latencyMs: number
  /** New objects cannot be read or referred to, and the synchronization of new applications answers 401, for this long. */
  replicationDelayMs: number
  /** Undocumented: whether a PUT of secrets merges with what is stored or replaces it. */
  secretsPut: 'upsert' | 'replace'
  /** Seen with one template: a PUT without SyncAll and SyncNotificationSettings is answered 204 and dropped. */
  dropIncompletePut: boolean
  /** How synchronization calls refuse a caller without permission: 401 UnknownError as seen, or a plain 403. */
  synchronizationDenied: 'unknownError' | 'forbidden'
  /** Answer of every credential test, in place of a real one against the target. */
  forcedValidation: null | 'ok' | { status: number; code: string; message: string }
  /** More requests than this within ten seconds get 429. */
  throttleRequests: null | number
  /** Graph's published limits: resource units, and five calls in ten seconds of the provisioning log and on demand. */
  documentedLimits: boolean
  /** Whether deleted security groups go to the deleted items, as Microsoft 365 groups do. */
  securityGroupDelete: 'hard' | 'soft'
  /** How long the audit log is kept: 30 days with a premium licence, 7 without. */
  auditRetentionDays: number
  /** The licence of Entra ID that the tenant has bought; `none` is Entra ID Free. */
  premiumLicence: 'P2' | 'P1' | 'none'
  /** The cloud that metadata, token audiences and scopes are of. */
  cloud: CloudName
  /** Undocumented: whether an assertion signed with a certificate can be used twice. */
  assertionReplay: 'refused' | 'accepted'
  /** Assertions of an issuer whose keys cannot be fetched; Entra refuses them, a laptop without internet needs them. */
  unreachableIssuer: 'trusted' | 'refused'
}

export const DEFAULT_SETTINGS: Settings = {
  ...DEFAULT_SWITCHES,
  latencyMs: 0,
  replicationDelayMs: 0,
  secretsPut: 'upsert',
  dropIncompletePut: false,
  synchronizationDenied: 'unknownError',
  forcedValidation: null,
  throttleRequests: null,
  documentedLimits: false,
  securityGroupDelete: 'hard',
  auditRetentionDays: 30,
  premiumLicence: 'P2',
  cloud: 'global',
  assertionReplay: 'refused',
  unreachableIssuer: 'trusted',
}

const CHOICES: Partial<Record<keyof Settings, string[]>> = {
  ...SWITCH_CHOICES,
  secretsPut: ['upsert', 'replace'],
  synchronizationDenied: ['unknownError', 'forbidden'],
  securityGroupDelete: ['hard', 'soft'],
  premiumLicence: ['P2', 'P1', 'none'],
  cloud: Object.keys(CLOUDS),
  assertionReplay: ['refused', 'accepted'],
  unreachableIssuer: ['trusted', 'refused'],
}

/** Of whole numbers. */
const RANGES: Partial<Record<keyof Settings, Range>> = {
  ...SWITCH_RANGES,
  latencyMs: [0, MANY],
  replicationDelayMs: [0, MANY],
  throttleRequests: [0, MANY],
  auditRetentionDays: [1, 36_500],
}

/** Texts that are no choice: what they may be, and whether one is. */
const TEXTS: Partial<Record<keyof Settings, [allowed: string, is: (text: string) => boolean]>> = {
  unqueryableCharacters: ['a text of the characters, or "" for none', () => true],
  smtp: ['host:port with a port from 1 to 65535, or "" for none', (text) => mailServerOf(text) !== undefined],
  userAgent: ['a text of visible ASCII characters and spaces, or "" for none', (text) => /^[\x20-\x7e]+$/.test(text)],
  activityHeader: ['the name of a header, or "" for none', (text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text)],
}

/** @throws naming the first setting that is unknown or has a value it cannot have */
export function checkSettings(changes: Record<string, unknown>): Partial<Settings> {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, name)) {
      throw new Error(`Unknown setting "${name}". Known are: ${Object.keys(DEFAULT_SETTINGS).join(', ')}.`)
    }
    const allowed = allowedFor(name as keyof Settings, value)
    if (allowed) throw new Error(`Setting "${name}" cannot be ${JSON.stringify(value)}. Allowed: ${allowed}.`)
  }
  return changes as Partial<Settings>
}

/** What the setting may be, where `value` is not that. */
function allowedFor(name: keyof Settings, value: unknown): string | undefined {
  const choices = CHOICES[name]
  if (choices) return choices.includes(value as string) ? undefined : choices.join(', ')
  const range = RANGES[name]
  if (range) return allowedNumber(range, DEFAULT_SETTINGS[name], value)
  const text = TEXTS[name]
  if (text) return value === '' || (typeof value === 'string' && text[1](value)) ? undefined : text[0]
  if (name === 'forcedValidation')
    return isForced(value) ? undefined : 'null, "ok", { status (400 to 599), code, message }'
  return typeof value === 'boolean' ? undefined : 'true, false'
}

/** A default of null allows null, one of a list asks for a list, which is empty only where the default is. */
function allowedNumber(range: Range, byDefault: unknown, value: unknown): string | undefined {
  const [least, most] = range
  const isInRange = (one: unknown): boolean => isWithin(range, one)
  const numbers = `whole number${Array.isArray(byDefault) ? 's' : ''} from ${least} to ${most}`
  if (!Array.isArray(byDefault)) {
    if (byDefault === null) return value === null || isInRange(value) ? undefined : `null, a ${numbers}`
    return isInRange(value) ? undefined : `a ${numbers}`
  }
  const isLongEnough = Array.isArray(value) && (value.length > 0 || byDefault.length === 0)
  return isLongEnough && value.every(isInRange) ? undefined : `a list of ${numbers}`
}

function isForced(value: unknown): boolean {
  if (value === null || value === 'ok') return true
  const { status, code, message } = Object(value) as Record<string, unknown>
  return isWithin([400, 599], status) && typeof code === 'string' && typeof message === 'string'
}
