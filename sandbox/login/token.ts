import { DOMAIN } from '../directory/known.ts'
import { appToken, LIFETIME_SECONDS } from './appToken.ts'
import { authenticate } from './client.ts'
import { missingParameter, unknownTenant, unsupportedGrant, wrongScope } from './errors.ts'
import type { TokenIssuer } from './issuer.ts'
import { findResource, type Resource } from './resource.ts'
import { redeemCode } from './signIn/redeem.ts'

export interface TokenAnswer {
  token_type: 'Bearer'
  /** Seconds. */
  expires_in: number
  ext_expires_in: number
  access_token: string
  /** Of a person who signed in. */
  id_token?: string
  scope?: string
}

/**
 * The client credentials grant (RFC 6749 §4.4; Entra: OAuth 2.0 client credentials flow), and that of a code from the
 * sign-in page.
 * @param tenantName from the path: the tenant's id or its domain
 * @throws LoginFailure
 */
export async function issueToken(
  issuer: TokenIssuer,
  tenantName: string,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<TokenAnswer> {
  checkTenant(issuer, tenantName)
  const grant = form.get('grant_type')
  if (!grant) throw missingParameter('grant_type')
  if (grant === 'authorization_code') return redeemCode(issuer, form, authorization)
  if (grant !== 'client_credentials') throw unsupportedGrant(grant)
  const client = await authenticate(issuer, form, authorization)
  const resource = resourceOf(issuer, form.get('scope'))
  const access_token = await appToken(issuer, client, resource)
  return { token_type: 'Bearer', expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS, access_token }
}

/** @throws LoginFailure for a name that is neither the tenant's id nor its domain */
export function checkTenant({ tenant }: TokenIssuer, name: string): void {
  if (name.toLowerCase() !== tenant.tenantId && name.toLowerCase() !== DOMAIN) throw unknownTenant(name)
}

function resourceOf(issuer: TokenIssuer, scope: string | null): Resource {
  if (!scope) throw missingParameter('scope')
  const name = /^(.+?)\/\.default$/.exec(scope.trim())?.[1]
  if (!name) throw wrongScope(scope)
  return findResource(issuer, name)
}
