import type { Clock } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import { networkError, quote, SCIM_CODE, TargetError } from './errors.ts'
import type { Authentication } from './settings.ts'

/** Gives the Authorization header's token; `renew` drops a token that the target has refused. */
export interface TokenSource {
  token(): Promise<string>
  renew(): void
}

/**
 * The token of a bearer secret as it is, or one from the token endpoint by the client credentials grant (RFC 6749
 * §4.4), kept until it expires. Requests made meanwhile share one call.
 */
export function tokenSource(
  authentication: Authentication,
  fetcher: typeof fetch,
  clock: Clock,
  switches: Switches,
): TokenSource {
  if (authentication.kind === 'bearer') {
    return { token: async () => authentication.token, renew: () => {} }
  }
  let current: Promise<{ token: string; expires: number }> | null = null
  return {
    renew() {
      current = null
    },
    async token() {
      current ??= acquire(authentication, fetcher, clock, switches)
      const asked = current
      try {
        const { token, expires } = await asked
        if (clock.now() < expires) return token
      } catch (error) {
        if (current === asked) current = null
        throw error
      }
      if (current === asked) current = null
      return this.token()
    },
  }
}

async function acquire(
  oauth: Extract<Authentication, { kind: 'oauth' }>,
  fetcher: typeof fetch,
  clock: Clock,
  switches: Switches,
): Promise<{ token: string; expires: number }> {
  const what = `The token endpoint ${oauth.tokenEndpoint}`
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  if (switches.credentialLocation === 'header') {
    headers.authorization = `Basic ${btoa(`${oauth.clientId}:${oauth.clientSecret}`)}`
  } else {
    form.set('client_id', oauth.clientId)
    form.set('client_secret', oauth.clientSecret)
  }
  let status: number
  let body: string
  try {
    const signal = AbortSignal.timeout(switches.requestTimeoutMs)
    const response = await fetcher(oauth.tokenEndpoint, { method: 'POST', headers, body: form.toString(), signal })
    status = response.status
    body = await response.text()
  } catch (error) {
    throw networkError(error, what, switches.requestTimeoutMs)
  }
  const answer = `${what} answered ${status}: ${quote(body, [oauth.clientSecret])}`
  if (status !== 200) throw new TargetError(`${SCIM_CODE}CredentialValidationFailure`, answer, status)
  const reply = parse(body)
  if (typeof reply?.access_token !== 'string' || reply.access_token === '') {
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
