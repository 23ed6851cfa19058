import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { LIFETIME_SECONDS } from './appToken.ts'
import type { TokenIssuer } from './issuer.ts'

/**
 * The token by which an application proves itself at the token endpoint of its target, in place of a client secret.
 * Source: Microsoft Learn, "Microsoft identity platform access token claims", version 2.0.
 */
export function workloadIdentityToken(
  { tenant, key, url }: Pick<TokenIssuer, 'tenant' | 'key' | 'url'>,
  servicePrincipalId: string,
): Promise<string> {
  const { appId } = tenant.servicePrincipals.get(servicePrincipalId)!
  const now = Math.floor(Date.now() / 1000)
  const { tenantId } = tenant
  return new SignJWT({
    azp: appId,
    idtyp: 'app',
    oid: servicePrincipalId,
    sub: servicePrincipalId,
    tid: tenantId,
    ver: '2.0',
    uti: randomUUID(),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.id })
    .setIssuer(`${url()}/${tenantId}/v2.0`)
    .setAudience(`api://${appId}`)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(key.private)
}
