import type { Clock } from '../../tenant/store.ts'
import type { Switches } from '../switches.ts'
import { quote, SCIM_CODE, TargetError } from './errors.ts'
import { type Authentication, isHeaderText } from './settings.ts'
import type { Transport } from './transport.ts'

type OAuth = Extract<Authentication, { kind: 'oauth' }>

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
  oauth: OAuth,
  transport: Transport,
  clock: Clock,
  workloadIdentity: () => Promise<string>,
): Promise<{ token: string; expires: number }> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const { clientId, clientSecret, credentialLocation } = oauth
  const proof = clientSecret ?? (await workloadIdentity())
  let headers: Record<string, string> = {}
  if (clientSecret === null) {
    form.set('client_id', clientId)
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    form.set('client_assertion', proof)
  } else headers = identified(form, { clientId, clientSecret, credentialLocation })
  const reply = await requestToken(oauth.tokenEndpoint, form, headers, transport, [proof])
  const seconds = Number(reply.expires_in ?? 3600)
  return { token: reply.access_token, expires: clock.now() + seconds * 1000 }
}

/** The client's id and secret in the form, or in the headers that it returns. */
export function identified(
  form: URLSearchParams,
  {
    clientId,
    clientSecret,
    credentialLocation,
  }: Pick<OAuth, 'clientId' | 'credentialLocation'> & { clientSecret: string },
): Record<string, string> {
  if (credentialLocation === 'header') return { authorization: `Basic ${basic(clientId, clientSecret)}` }
  form.set('client_id', clientId)
  form.set('client_secret', clientSecret)
  return {}
}

/**
 * The answer of a token endpoint.
 * @param secrets kept out of what is told of a failure
 * @throws TargetError for any but one with a token
 */
export async function requestToken(
  tokenEndpoint: string,
  form: URLSearchParams,
  headers: Record<string, string>,
  transport: Transport,
  secrets: string[],
): Promise<Record<string, unknown> & { access_token: string }> {
  const what = `The token endpoint ${tokenEndpoint}`
  const invalid = (message: string, status: number) =>
    new TargetError(`${SCIM_CODE}CredentialValidationFailure`, `${what} answered ${message}`, status)
  const sent = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers }
  const { status, text } = await transport(
    { method: 'POST', url: tokenEndpoint, headers: sent, body: form.toString() },
    what,
  )
  if (status !== 200) throw invalid(`${status}: ${quote(text, secrets)}`, status)
  const reply = parse(text)
  if (!reply) throw invalid(`with something that is not JSON: ${quote(text, secrets)}`, status)
  const { access_token } = reply
  if (typeof access_token !== 'string' || access_token === '') throw invalid('without an access_token', status)
  if (!isHeaderText(access_token)) throw invalid('with an access_token that no header can carry', status)
  return { ...reply, access_token }
}

/** Both form-encoded, which makes them ASCII, then joined (RFC 6749 §2.3.1 and appendix B). */
const basic = (id: string, secret: string): string => btoa(`${formEncoded(id)}:${formEncoded(secret)}`)

const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

function parse(body: string): Record<string, unknown> | null {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return null
  }
}
