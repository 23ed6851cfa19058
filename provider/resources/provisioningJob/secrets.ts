/** The one collection that holds credentials, scope and notification of all jobs of a service principal. */
import { type Graph, GraphError, isNotFound, missesPermission } from '../../graph/client.ts'
import { servicePrincipalPath } from '../common/ids.ts'
import type { Credentials, ProvisioningJobInputs as Inputs } from './inputs.ts'

export interface Pair {
  key: string
  value: string
}

/** Not in the Graph reference; the value that Microsoft's own onboarding instructions send (AzureAD/SCIMReferenceCode). */
export const AUTHENTICATION_TYPE: Pair = { key: 'AuthenticationType', value: 'OAuth2ClientCredentialsGrant' }
/** Keys that are written, beside the notification settings. */
export const WRITTEN: ReadonlySet<string> = new Set([
  'BaseAddress',
  'AuthenticationType',
  'Oauth2TokenExchangeUri',
  'Oauth2ClientId',
  'Oauth2ClientSecret',
  'SyncAll',
  'SkipOutOfScopeDeletions',
])
/** What Graph shows in place of a secret. */
export const REDACTED = '*'
/** Milliseconds that written keys may take to be listed. */
const LISTING = 60_000

/** Must be written whole, in one PUT: it is undocumented whether a PUT merges or replaces. */
export function secretsFor(inputs: Inputs, existing: readonly Pair[], withType = true): Pair[] {
  const { credentials, scope, skipOutOfScopeDeletions } = inputs
  const had = (key: string) => existing.some((pair) => pair.key === key)
  const [address, ...client] = pairsOf(credentials)
  const ours: Pair[] = [
    address!,
    ...(withType ? [AUTHENTICATION_TYPE] : had(AUTHENTICATION_TYPE.key) ? [{ ...AUTHENTICATION_TYPE, value: '' }] : []),
    ...client,
    { key: 'SyncAll', value: scope === 'all' ? 'true' : 'false' },
    { key: 'SyncNotificationSettings', value: notificationSettings(inputs) },
    ...(skipOutOfScopeDeletions || had('SkipOutOfScopeDeletions')
      ? [{ key: 'SkipOutOfScopeDeletions', value: skipOutOfScopeDeletions ? 'True' : 'False' }]
      : []),
  ]
  const foreign = existing.filter(({ key, value }) => value !== REDACTED && !ours.some((pair) => pair.key === key))
  return [...ours, ...foreign.filter(({ key }) => key !== AUTHENTICATION_TYPE.key)]
}

/** Address of the target first. */
export const pairsOf = ({ tenantUrl, tokenEndpoint, clientId, clientSecret }: Credentials): Pair[] => [
  { key: 'BaseAddress', value: tenantUrl },
  { key: 'Oauth2TokenExchangeUri', value: tokenEndpoint },
  { key: 'Oauth2ClientId', value: clientId },
  { key: 'Oauth2ClientSecret', value: clientSecret },
]

function notificationSettings({ notificationEmail, accidentalDeletions }: Inputs): string {
  return JSON.stringify({
    Enabled: notificationEmail !== undefined,
    Recipients: notificationEmail ?? '',
    DeleteThresholdEnabled: accidentalDeletions.enabled,
    DeleteThresholdValue: accidentalDeletions.threshold,
  })
}

/** `inputs` with all that can be read replaced by what Graph holds; the client secret cannot. */
export function readSecrets(inputs: Inputs, pairs: readonly Pair[]): Inputs {
  const value = (key: string) => pairs.find((pair) => pair.key === key)?.value
  const notification = notificationOf(value('SyncNotificationSettings'))
  const { credentials, notificationEmail: _, ...rest } = inputs
  return {
    ...rest,
    credentials: {
      tenantUrl: value('BaseAddress') ?? '',
      tokenEndpoint: value('Oauth2TokenExchangeUri') ?? '',
      clientId: value('Oauth2ClientId') ?? '',
      clientSecret: value('Oauth2ClientSecret') === undefined ? '' : credentials.clientSecret,
    },
    scope: value('SyncAll')?.toLowerCase() === 'true' ? 'all' : 'assigned',
    ...(notification.email ? { notificationEmail: notification.email } : {}),
    accidentalDeletions: {
      enabled: notification.guarded,
      threshold: notification.threshold ?? inputs.accidentalDeletions.threshold,
    },
    skipOutOfScopeDeletions: value('SkipOutOfScopeDeletions')?.toLowerCase() === 'true',
  }
}

function notificationOf(json: string | undefined) {
  let settings: Record<string, unknown> = {}
  try {
    settings = JSON.parse(json ?? '{}') as Record<string, unknown>
  } catch {
    // Written by hand; it counts as empty.
  }
  return {
    email: settings.Enabled === true ? String(settings.Recipients ?? '') : '',
    guarded: settings.DeleteThresholdEnabled === true,
    threshold: typeof settings.DeleteThresholdValue === 'number' ? settings.DeleteThresholdValue : undefined,
  }
}

/** Whether writing would change nothing that can be seen. */
export function seemsWritten(wanted: readonly Pair[], existing: readonly Pair[]): boolean {
  return wanted.every(({ key, value }) => {
    const there = existing.find((pair) => pair.key === key)?.value
    if (value === '') return there === undefined
    return there === REDACTED || sameValue(there, value)
  })
}

function sameValue(a: string | undefined, b: string): boolean {
  return a === b || (a !== undefined && /^(true|false)$/i.test(b) && a.toLowerCase() === b.toLowerCase())
}

const pathOf = (servicePrincipalId: string) => `${servicePrincipalPath(servicePrincipalId)}/synchronization/secrets`

/** Empty where there are none yet. */
export async function listSecrets(graph: Graph, servicePrincipalId: string): Promise<Pair[]> {
  try {
    return (await graph.get<{ value: Pair[] }>(pathOf(servicePrincipalId))).value
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

/** Undefined for a caller who may read the job and not what it is configured with. */
export async function readableSecrets(graph: Graph, servicePrincipalId: string): Promise<Pair[] | undefined> {
  try {
    return await listSecrets(graph, servicePrincipalId)
  } catch (error) {
    if (missesPermission(error)) return undefined
    throw error
  }
}

/** Writes the whole set and waits until its keys are listed; gives them. */
export async function putSecrets(
  graph: Graph,
  inputs: Inputs,
  existing: readonly Pair[],
  withType = true,
): Promise<string[]> {
  const { servicePrincipalId } = inputs
  const bearer = existing.some(({ key }) => key === 'SecretToken')
  // A bearer token beside OAuth keys makes the service refuse the whole set, so it goes first.
  if (bearer) await graph.put(pathOf(servicePrincipalId), { value: [{ key: 'SecretToken', value: '' }] })
  const pairs = secretsFor(inputs, existing, withType)
  try {
    await graph.put(pathOf(servicePrincipalId), { value: pairs })
  } catch (error) {
    if (!withType || !pointsAtType(error)) throw error
    return putSecrets(graph, inputs, existing, false)
  }
  return listed(graph, servicePrincipalId, pairs)
}

/** Some templates know their way of authentication and may refuse to be told. */
export function pointsAtType(error: unknown): boolean {
  return error instanceof GraphError && /AuthenticationType|OAuth2ClientCredentialsGrant/i.test(error.detail)
}

function listed(graph: Graph, servicePrincipalId: string, pairs: readonly Pair[]): Promise<string[]> {
  const wanted = pairs.filter(({ value }) => value !== '').map(({ key }) => key)
  return graph.waitFor({
    what: `the secrets ${wanted.join(', ')} of service principal ${servicePrincipalId} to be listed after they were written`,
    timeout: LISTING,
    check: async () => {
      const keys = (await listSecrets(graph, servicePrincipalId)).map(({ key }) => key)
      const missing = wanted.filter((key) => !keys.includes(key))
      if (missing.length === 0) return { done: true, value: keys }
      return { done: false, seen: `${missing.join(', ')} missing` }
    },
  })
}

/** Takes back what was written. The notification settings cannot be removed, only emptied. */
export async function blankSecrets(graph: Graph, servicePrincipalId: string, keys: readonly string[]): Promise<void> {
  const value = keys.filter((key) => WRITTEN.has(key)).map((key) => ({ key, value: '' }))
  if (keys.includes('SyncNotificationSettings')) value.push({ key: 'SyncNotificationSettings', value: '{}' })
  if (value.length > 0) await graph.put(pathOf(servicePrincipalId), { value })
}
