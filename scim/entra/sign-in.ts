import { createHash, randomBytes } from 'node:crypto'
import { errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { assertionType } from '../oauth/assertions.ts'
import { type Issuers, IssuerUnreachable } from '../oauth/issuers.ts'
import { type Application, clockTolerance, issuerOf } from './access-tokens.ts'
import type { Identity } from './identity.ts'
import { type Principal, principalOf } from './principal.ts'

/** What a sign-in was begun with; the browser keeps it, sealed, until it comes back. */
export interface Begun {
  state: string
  nonce: string
  verifier: string
}

/** Entra ID did not sign the person in; the message is Entra's own, or says what is wrong with its answer. */
export class SignInFailed extends Error {}

/** People sign in by OpenID Connect: authorization code with PKCE, and the service proves itself by its managed identity. */
export interface SignIn {
  /** Where the browser goes. Throws `IssuerUnreachable`. */
  begin(redirectUri: string): Promise<{ location: string; begun: Begun }>
  /** Who has come back. Throws `SignInFailed`, `IssuerUnreachable`, `IdentityUnavailable`. */
  finish(code: string, begun: Begun, redirectUri: string): Promise<Principal>
}

const scope = 'openid profile'
/** Whom the managed identity's token is for when it stands for a secret of an application. */
const exchange = 'api://AzureADTokenExchange'
/** Milliseconds. */
const timeout = 10_000

const granted = z.object({ id_token: z.string() })
const refused = z.object({ error: z.string(), error_description: z.string().default('') })

export function openSignIn(application: Application, issuers: Issuers, identity: Identity): SignIn {
  const issuer = issuerOf(application)
  const { clientId, tenant } = application

  async function redeem(code: string, { verifier }: Begun, redirectUri: string): Promise<string> {
    const { tokenEndpoint } = await issuers.endpointsOf(issuer)
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      client_assertion_type: assertionType,
      client_assertion: await identity.token(exchange),
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
      scope,
    })
    const signal = AbortSignal.timeout(timeout)
    const response = await fetch(tokenEndpoint, { method: 'POST', body: form, redirect: 'error', signal }).catch(
      (error: Error) => {
        throw new IssuerUnreachable(`${tokenEndpoint} cannot be reached: ${error.message}`)
      },
    )
    const answer = await response.json().catch(() => undefined)
    const tokens = granted.safeParse(answer)
    if (response.ok && tokens.success) return tokens.data.id_token
    const problem = refused.safeParse(answer)
    throw new SignInFailed(problem.success ? sentence(problem.data) : `Entra ID answered ${response.status}`)
  }

  return {
    async begin(redirectUri) {
      const { authorizationEndpoint } = await issuers.endpointsOf(issuer)
      const begun = { state: random(), nonce: random(), verifier: random() }
      const location = new URL(authorizationEndpoint)
      const query = {
        client_id: clientId,
        response_type: 'code',
        response_mode: 'query',
        redirect_uri: redirectUri,
        scope,
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: createHash('sha256').update(begun.verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }
      for (const [name, value] of Object.entries(query)) location.searchParams.set(name, value)
      return { location: location.href, begun }
    },
    async finish(code, begun, redirectUri) {
      const idToken = await redeem(code, begun, redirectUri)
      const rules = {
        algorithms: ['RS256'],
        issuer,
        audience: clientId,
        clockTolerance,
        requiredClaims: ['exp', 'oid', 'tid', 'nonce'],
      }
      const { payload } = await jwtVerify(idToken, await issuers.keysOf(issuer), rules).catch((error) => {
        if (error instanceof IssuerUnreachable) throw error
        const isClaim = error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired
        const claim = isClaim ? `, by its claim ${error.claim}` : ''
        throw new SignInFailed(`The ID token that came back is not for this service${claim}`)
      })
      if (payload.nonce !== begun.nonce || payload.tid !== tenant)
        throw new SignInFailed('The ID token that came back is of another sign-in')
      return principalOf(payload)
    },
  }
}

const random = (): string => randomBytes(32).toString('base64url')

/** Entra's own words end before the ids of its logs. */
export const sentence = ({
  error,
  error_description: text = '',
}: {
  error: string
  error_description?: string
}): string => (text.split(/\r?\n|Trace ID:/)[0]!.trim() || error).slice(0, 600)
