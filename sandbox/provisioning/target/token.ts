import type { Clock } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import { quote, SCIM_CODE, TargetError } from './errors.ts'
import type { Authentication } from './settings.ts'
import type { Transport } from './transport.ts'

/** Gives the Authorization header's token; `renew` drops a token that the target has refused. */
export interface TokenSource {
  token(): Promise<string>
  renew(): void
}

/**
 * The token of a bearer secret as it is, or one from the token endpoint by the client credentials grant (RFC 6749
 * §4.4), kept until it expires; the client proves itself by its secret, or by an assertion (RFC 7523 §2.2). Requests made meanwhile share one call.
 */
export function tokenSource(
  authentication: Authentication,
  transport: Transport,
  clock: Clock,
  switches: Switches,
  workloadIdentity: () => Promise<string>,
): TokenSource {
  if (authentication.kind === 'bearer') {
    return { token: async () => authentication.token, renew: () => {} }
  }
  const skewMs = switches.tokenSkewSeconds * 1000
  let current: Promise<{ token: string; expires: number }> | null = null
  return {
    renew() {
      current = null
    },
    async token() {
      if (current && (await current).expires - skewMs <= clock.now()) current = null
      current ??= acquire(authentication, transport, clock, workloadIdentity)
      const asked = current
      try {
        return (await asked).token
      } catch (error) {
        if (current === asked) current = null
        throw error
      }
    },
  }
}

async function acquire(
  oauth: Extract<Authentication, { kind: 'oauth' }>,
  transport: Transport,
  clock: Clock,
  workloadIdentity: () => Promise<string>,
): Promise<{ token: string; expires: number }> {
  const what = `The token endpoint ${oauth.tokenEndpoint}`
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  const proof = oauth.clientSecret ?? (await workloadIdentity())
  if (oauth.clientSecret === null) {
    form.set('client_id', oauth.clientId)
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    form.set('client_assertion', proof)
  } else if (oauth.credentialLocation === 'header') {
    headers.authorization = `Basic ${btoa(`${oauth.clientId}:${oauth.clientSecret}`)}`
  } else {
    form.set('client_id', oauth.clientId)
    form.set('client_secret', oauth.clientSecret)
  }
  const { status, text } = await transport(
    { method: 'POST', url: oauth.tokenEndpoint, headers, body: form.toString() },
    what,
  )
  const answer = `${what} answered ${status}: ${quote(text, [proof])}`
  if (status !== 200) throw new TargetError(`${SCIM_CODE}CredentialValidationFailure`, answer, status)
  const reply = parse(text)
  if (!reply) {
    const page = `${what} answered with something that is not JSON: ${quote(text, [proof])}`
    throw new TargetError(`${SCIM_CODE}CredentialValidationFailure`, page, status)
  }
  if (typeof reply.access_token !== 'string' || reply.access_token === '') {
    throw new TargetError(`${SCIM_CODE}CredentialValidationFailure`, `${what} answered without an access_token`, status)
  }
  const seconds = Number(reply.expires_in ?? 3600)
  return { token: reply.access_token, expires: clock.now() + seconds * 1000 }
}

function parse(body: string): Record<string, unknown> | null {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return null
  }
}
