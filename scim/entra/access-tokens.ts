import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { type Issuers, IssuerUnreachable } from '../oauth/issuers.ts'
import { type Principal, principalOf } from './principal.ts'

/** The service's own application in Entra ID. */
export interface Application {
  /** Id of the Entra tenant. */
  tenant: string
  clientId: string
  /** Where people and programs sign in: `https://login.microsoftonline.com`. */
  login: string
}

/** The token is not one that this service takes; the message says why, and what it takes. */
export class TokenRefused extends Error {}

/** Seconds that clocks may differ by. */
export const clockTolerance = 300

/** Its keys sign tokens of both versions. */
export const issuerOf = ({ tenant, login }: Application): string => `${login}/${tenant}/v2.0`

export const audienceOf = ({ clientId }: Application): string => `api://${clientId}`

/**
 * Who an access token of Entra ID is of, version 1 or 2. Throws `TokenRefused`, or `IssuerUnreachable`.
 * Source: Microsoft identity platform, access tokens, "validate tokens".
 */
export async function acceptToken(application: Application, issuers: Issuers, token: string): Promise<Principal> {
  const { tenant, clientId } = application
  const keys = await issuers.keysOf(issuerOf(application))
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ['RS256'],
    issuer: [issuerOf(application), `https://sts.windows.net/${tenant}/`],
    audience: [audienceOf(application), clientId],
    clockTolerance,
    requiredClaims: ['exp', 'oid', 'tid'],
  }).catch((error) => refuse(application, token, error))
  if (payload.tid !== tenant) throw wrongTenant(application, payload)
  if (!isAccessToken(payload)) {
    throw new TokenRefused(`It is an ID token, which is for the sign-in of people alone; ${wanted(application)}`)
  }
  return principalOf(payload)
}

/** An ID token has the same issuer, audience and roles. It names no client, and carries what its sign-in was begun with. */
const isAccessToken = ({ azp, appid, nonce }: JWTPayload): boolean =>
  typeof (azp ?? appid) === 'string' && nonce === undefined

function refuse(application: Application, token: string, error: unknown): never {
  if (error instanceof IssuerUnreachable) throw error
  if (error instanceof errors.JWTExpired) throw new TokenRefused(`It has expired; ${wanted(application)}`)
  if (error instanceof errors.JWTClaimValidationFailed) {
    const claims = decodeJwt(token)
    if (error.claim === 'iss' || error.claim === 'tid') throw wrongTenant(application, claims)
    if (error.claim === 'aud')
      throw new TokenRefused(`Its audience is ${JSON.stringify(claims.aud)}; ${wanted(application)}`)
    throw new TokenRefused(`Its claim ${error.claim} is missing or does not hold now; ${wanted(application)}`)
  }
  throw new TokenRefused(
    `It is no token that Entra ID has signed for this tenant, or was changed; ${wanted(application)}`,
  )
}

const wrongTenant = (application: Application, { iss }: JWTPayload): TokenRefused =>
  new TokenRefused(`Its issuer is ${JSON.stringify(iss)}; ${wanted(application)}`)

export const wanted = (application: Application): string =>
  `a token of tenant ${application.tenant} for ${audienceOf(application)}/.default is needed`
