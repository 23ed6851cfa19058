import { createHash, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { User } from '../../tenant/model.ts'
import { LIFETIME_SECONDS } from '../appToken.ts'
import type { AssertedClient } from '../assertion/check.ts'
import { authenticate, findClient } from '../client.ts'
import { CLOUDS } from '../clouds.ts'
import { codeUnknown, missingParameter } from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
import type { Grant } from './codes.ts'
import { assignmentsOf } from './request.ts'

/**
 * The authorization code grant (RFC 6749 §4.1.3): an id token, and an access token of the person for Graph.
 * @throws LoginFailure
 */
export async function redeemCode(issuer: TokenIssuer, form: URLSearchParams, authorization: string | undefined) {
  const client = await clientOf(issuer, form, authorization)
  const code = form.get('code')
  if (!code) throw missingParameter('code')
  const grant = issuer.codes.redeem(code, client.clientId, form.get('redirect_uri'), form.get('code_verifier'))
  const user = issuer.tenant.users.get(grant.userId)
  if (!user) throw codeUnknown()
  return {
    token_type: 'Bearer' as const,
    scope: grant.scope,
    expires_in: LIFETIME_SECONDS,
    ext_expires_in: LIFETIME_SECONDS,
    access_token: await accessToken(issuer, client, user, grant),
    ...(grant.scope.split(' ').includes('openid') ? { id_token: await idToken(issuer, client, user, grant) } : {}),
  }
}

/** A public client has no secret; its request is held to the one before by the code's challenge alone. */
function clientOf(issuer: TokenIssuer, form: URLSearchParams, authorization: string | undefined) {
  const isPublic = !authorization && !form.has('client_secret') && !form.has('client_assertion')
  const clientId = form.get('client_id')
  if (!isPublic || !clientId || !form.has('code_verifier')) return authenticate(issuer, form, authorization)
  const client = findClient(issuer, clientId)
  const { spa, publicClient } = (client.application?.other ?? {}) as Record<string, { redirectUris?: string[] } | null>
  const uris = [spa, publicClient].flatMap((platform) => platform?.redirectUris ?? [])
  return uris.includes(form.get('redirect_uri') ?? '') ? client : authenticate(issuer, form, authorization)
}

function idToken(issuer: TokenIssuer, client: AssertedClient, user: User, { nonce }: Grant): Promise<string> {
  const roles = rolesOf(issuer, client, user)
  return sign(issuer, `${issuer.url()}/${issuer.tenant.tenantId}/v2.0`, client.clientId, {
    ...identity(issuer, client, user),
    email: user.mail ?? undefined,
    nonce: nonce ?? undefined,
    roles: roles.length > 0 ? roles : undefined,
    ver: '2.0',
  })
}

function accessToken(issuer: TokenIssuer, client: AssertedClient, user: User, { scope }: Grant): Promise<string> {
  return sign(issuer, `https://sts.windows.net/${issuer.tenant.tenantId}/`, CLOUDS[issuer.settings.cloud].graph, {
    ...identity(issuer, client, user),
    appid: client.clientId,
    idtyp: 'user',
    scp: scope,
    upn: user.userPrincipalName,
    ver: '1.0',
  })
}

const identity = ({ tenant }: TokenIssuer, client: AssertedClient, user: User) => ({
  name: user.displayName,
  oid: user.id,
  preferred_username: user.userPrincipalName,
  // Another one for each client (OpenID Connect Core 1.0 §8.1).
  sub: createHash('sha256').update(`${client.clientId} ${user.id}`).digest('base64url'),
  tid: tenant.tenantId,
  uti: randomUUID(),
})

/** App roles of the client that the person was assigned, directly or by a group. */
function rolesOf({ tenant }: TokenIssuer, { principal }: AssertedClient, user: User): string[] {
  const assigned = new Set(assignmentsOf(tenant, user.id, principal.id).map(({ appRoleId }) => appRoleId))
  return principal.appRoles.flatMap(({ id, value }) => (assigned.has(id) && value ? [value] : []))
}

function sign(issuer: TokenIssuer, iss: string, audience: string, claims: Record<string, unknown>): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: issuer.key.id })
    .setIssuer(iss)
    .setAudience(audience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(issuer.key.private)
}
