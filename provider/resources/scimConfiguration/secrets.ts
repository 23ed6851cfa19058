/**
 * When a client secret is replaced, and when the one before it ends. The service's record says how old a secret is, this
 * machine's clock what day it is; nothing but the two decides, so preview and update agree.
 */
import type { Env } from '../../graph/settings.ts'
import type { MaybeUnknown } from '../resource.ts'
import { type Api, ApiError, type Configuration, type NewSecret, type SecretRecord } from './api.ts'
import type { ScimConfigurationInputs as Inputs, ScimConfigurationOutputs as Outputs, Rotation } from './inputs.ts'

/** Id of a secret that is replaced though nothing else asks for it. It names what goes, so that nothing happens twice. */
export const REPLACE_SECRET = 'ENTRADA_REPLACE_SECRET'
/** Id of a previous secret that is ended now: the caller has seen that the new one is in use. */
export const RETIRE_SECRET = 'ENTRADA_RETIRE_SECRET'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A secret is replaced at the latest so many days before it expires, however long its period. */
const MARGIN_DAYS = 30

/** Milliseconds from a rotation to the first look whether the previous secret can end, and from one look to the next. */
const FIRST_LOOK = DAY
const NEXT_LOOK = 7 * DAY

/** The test of the connection follows the making of a secret within minutes; a use later than this is a cycle's. */
const TEST_IS_OVER = HOUR

/** Whole days of UTC: an update does what its preview said some hours before. */
const dayOf = (time: number) => Math.floor(time / DAY)

interface Age {
  secretCreatedAt: string | null
  secretExpiresAt: string | null
}

/** Whether the period is over; a text has none. */
export function isDue(rotation: MaybeUnknown<Rotation> | undefined, secret: Age, now: number): boolean {
  if (typeof rotation !== 'object' || typeof rotation.every !== 'string') return false
  if (!secret.secretCreatedAt || !secret.secretExpiresAt) return false
  const today = dayOf(now)
  const replaceOn = dayOf(Date.parse(secret.secretCreatedAt)) + Number.parseInt(rotation.every, 10)
  const lastDay = dayOf(Date.parse(secret.secretExpiresAt)) - MARGIN_DAYS
  return today >= Math.min(replaceOn, lastDay)
}

export interface Moment {
  env: Env
  now: number
}

export function isReplaced(
  olds: { inputs: Pick<Inputs, 'rotation'>; outputs: Outputs },
  rotation: MaybeUnknown<Rotation> | undefined,
  { env, now }: Moment,
): boolean {
  const { clientSecret, secretId } = olds.outputs
  if (!clientSecret || !secretId || env[REPLACE_SECRET] === secretId) return true
  const before = typeof olds.inputs.rotation === 'string' ? olds.inputs.rotation : undefined
  const asked = typeof rotation !== 'object' && rotation !== before
  return asked || isDue(rotation, olds.outputs, now)
}

/** Whether it is time to look if the previous secret can end. */
export function isRetired({ previousSecretId, retireFrom }: Outputs, { env, now }: Moment): boolean {
  if (!previousSecretId || !retireFrom) return false
  return env[RETIRE_SECRET] === previousSecretId || now >= Date.parse(retireFrom)
}

export interface Replaced {
  configuration: Configuration
  clientSecret: string
  secretId: string
  previousSecretId: string | null
}

/**
 * Makes a secret beside the one that is in use, which by the service's record is the one that was used last: a run that
 * was interrupted may have left a secret that nobody was given.
 * @param handedOut counts as in use where none was ever used
 */
export async function replaceSecret(api: Api, configuration: Configuration, handedOut: string): Promise<Replaced> {
  const { id, secrets } = configuration
  const stays = inUse(secrets) ?? secrets.find((secret) => secret.id === handedOut)
  for (const secret of secrets) if (secret !== stays) await end(api, id, secret.id)
  const made = await api.newSecret(id)
  return {
    configuration: { ...configuration, secrets: [...(stays ? [stays] : []), recordOf(made)] },
    clientSecret: made.clientSecret,
    secretId: made.id,
    previousSecretId: stays?.id ?? null,
  }
}

const recordOf = ({ clientSecret: _, ...secret }: NewSecret): SecretRecord => ({ ...secret, lastUsedAt: null })

function inUse(secrets: readonly SecretRecord[]): SecretRecord | undefined {
  const used = secrets.filter(({ lastUsedAt }) => lastUsedAt !== null)
  return used.toSorted((a, b) => Date.parse(b.lastUsedAt!) - Date.parse(a.lastUsedAt!))[0]
}

/** Ends the previous secret if the new one has taken its place. @returns what is valid beside the current one afterwards */
export async function retireSecret(
  api: Api,
  { id, secrets }: Configuration,
  { secretId, previousSecretId }: Outputs,
  { env, now }: Moment,
): Promise<{ previousSecretId: string | null; retireFrom?: string }> {
  const previous = secrets.find((secret) => secret.id === previousSecretId)
  if (!previous) return { previousSecretId: null }
  const current = secrets.find((secret) => secret.id === secretId)
  if (env[RETIRE_SECRET] !== previous.id && !hasTakenOver(current, previous))
    return { previousSecretId: previous.id, retireFrom: new Date(now + NEXT_LOOK).toISOString() }
  await end(api, id, previous.id)
  return { previousSecretId: null }
}

/** A cycle asks for its token with the new secret, and none does so with the old one any more. */
function hasTakenOver(current: SecretRecord | undefined, previous: SecretRecord): boolean {
  if (!current?.lastUsedAt) return false
  const used = Date.parse(current.lastUsedAt)
  return used >= Date.parse(current.createdAt) + TEST_IS_OVER && used > Date.parse(previous.lastUsedAt ?? '1970-01-01')
}

/** What the outputs say of secrets, out of the service's record. */
export function secretOutputs(
  { secrets }: Configuration,
  secretId: string,
  previousSecretId: string | null | undefined,
  retireFrom: string | null | undefined,
): Pick<Outputs, 'secretCreatedAt' | 'secretExpiresAt' | 'previousSecretId' | 'retireFrom'> {
  const current = secrets.find(({ id }) => id === secretId)
  const previous = current && secrets.find(({ id }) => id === previousSecretId)
  return {
    secretCreatedAt: current?.createdAt ?? null,
    secretExpiresAt: current?.expiresAt ?? null,
    previousSecretId: previous?.id ?? null,
    retireFrom: previous ? (retireFrom ?? firstLook(current!)) : null,
  }
}

const firstLook = ({ createdAt }: SecretRecord) => new Date(Date.parse(createdAt) + FIRST_LOOK).toISOString()

async function end(api: Api, configurationId: string, secretId: string): Promise<void> {
  await api.endSecret(configurationId, secretId).catch((error: Error) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  })
}
