import type { SecretSet } from '../../../tenant/model.ts'
import { ACCESS } from '../../access.ts'
import { badRequest, GraphFailure } from '../../errors.ts'
import { requireSynchronized } from '../../lookup.ts'
import { type Call, type GraphResponse, NO_CONTENT, ok } from '../../request.ts'
import type { Route } from '../../router.ts'
import { isMember, isSecret, REDACTED, readPairs } from '../../secretKeys.ts'

const PATTERN = '/servicePrincipals/:id/synchronization/secrets'

export const secretRoutes: Route[] = [
  { method: 'GET', pattern: PATTERN, access: ACCESS.writeSynchronization, handler: get },
  { method: 'PUT', pattern: PATTERN, access: ACCESS.writeSynchronization, handler: put },
]

function get(call: Call): GraphResponse {
  const { id } = requireSynchronized(call, call.params.id!)
  const stored = Object.entries(call.tenant.secrets.get(id) ?? {})
  return ok({
    '@odata.context': call.context(`servicePrincipals('${id}')/synchronization/secrets`),
    value: stored
      .filter(([key]) => isMember(key))
      .map(([key, value]) => ({ key, value: isSecret(key) ? REDACTED : value })),
  })
}

/** Merges by key, an empty value removes the key; whether the real service merges is undocumented (settings.ts). */
function put(call: Call): GraphResponse {
  const { id } = requireSynchronized(call, call.params.id!)
  const sent = readPairs(call.json().value, 'value')
  checkSecrets(sent)
  if (call.settings.dropIncompletePut && !('SyncAll' in sent && 'SyncNotificationSettings' in sent)) return NO_CONTENT
  const base = call.settings.secretsPut === 'replace' ? {} : call.tenant.secrets.get(id)
  const merged = Object.entries({ ...base, ...sent }).filter(([, value]) => value !== '')
  call.tenant.secrets.put(id, Object.fromEntries(merged))
  return NO_CONTENT
}

/** @throws GraphFailure for what the service refuses whole */
export function checkSecrets(sent: SecretSet): void {
  if (sent.SecretToken && (sent.Oauth2ClientId || sent.Oauth2ClientSecret)) {
    throw new GraphFailure(500, 'InternalError', 'Bearer token and OAuth credentials were sent together.')
  }
  for (const [key, value] of Object.entries(sent)) {
    if (value === REDACTED && isSecret(key)) {
      throw badRequest(
        `The value of '${key}' is the redaction mark '${REDACTED}', not a secret. Send the secret itself.`,
      )
    }
  }
  if (sent.SyncNotificationSettings !== undefined && !isNotificationSettings(sent.SyncNotificationSettings)) {
    throw new GraphFailure(
      400,
      'UnknownError',
      '{\r\n  "error":{"code":"InvalidNotificationSettings","message":null,"target":null,"details":[],"innerError":null}}',
    )
  }
}

function isNotificationSettings(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}
