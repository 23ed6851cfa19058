import { randomUUID, timingSafeEqual } from 'node:crypto'
import { decodeJwt, SignJWT } from 'jose'
import { DOMAIN } from '../directory/known.ts'
import { GRAPH_APP_ID } from '../templates/graphPermissions.ts'
import type { Application, ServicePrincipal } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'
import {
  missingParameter,
  noCredential,
  unknownClient,
  unknownResource,
  unknownTenant,
  unsupportedGrant,
  wrongAssertion,
  wrongScope,
  wrongSecret,
} from './errors.ts'
import type { SigningKey } from './keys.ts'

export const GRAPH_RESOURCE = 'https://graph.microsoft.com'
const LIFETIME_SECONDS = 3599
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface TokenIssuer {
  tenant: Tenant
  key: SigningKey
  /** Where login and Graph are served. */
  url(): string
  /** appId of the client that may sign in with an assertion. */
  assertionClient: string
}

/**
 * The client credentials grant (RFC 6749 §4.4; Entra: OAuth 2.0 client credentials flow).
 * @param tenantName from the path: the tenant's id or its domain
 * @throws LoginFailure
 */
export async function issueToken(
  issuer: TokenIssuer,
  tenantName: string,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<{ token_type: 'Bearer'; expires_in: number; ext_expires_in: number; access_token: string }> {
  const { tenant } = issuer
  if (tenantName !== tenant.tenantId && tenantName !== DOMAIN) throw unknownTenant(tenantName)
  const grant = form.get('grant_type')
  if (!grant) throw missingParameter('grant_type')
  if (grant !== 'client_credentials') throw unsupportedGrant(grant)
  const { clientId, client } = authenticate(issuer, form, authorization)
  const resource = resourceOf(issuer, form.get('scope'))
  const access_token = await sign(issuer, clientId, client, resource)
  return { token_type: 'Bearer', expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS, access_token }
}

function authenticate(issuer: TokenIssuer, form: URLSearchParams, authorization: string | undefined) {
  const basic = parseBasic(authorization)
  const clientId = basic?.id ?? form.get('client_id')
  if (!clientId) throw missingParameter('client_id')
  const { tenant } = issuer
  const client = [...tenant.servicePrincipals.values()].find((candidate) => candidate.appId === clientId)
  if (!client || client.deletedDateTime !== null) throw unknownClient(clientId, tenant.tenantId)
  const secret = basic?.secret ?? form.get('client_secret')
  if (secret !== null) checkSecret(tenant, clientId, secret)
  else if (form.get('client_assertion_type') === JWT_BEARER)
    checkAssertion(issuer, clientId, form.get('client_assertion'))
  else throw noCredential()
  return { clientId, client }
}

/** Identifier and secret are form-encoded in the header (RFC 6749 §2.3.1). */
function parseBasic(authorization: string | undefined) {
  const encoded = /^basic (.+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s)
  return { id: formDecoded(id), secret: formDecoded(secret) }
}

/** Clients that do not encode are understood as long as what they send is not taken for an encoding. */
function formDecoded(text = ''): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function checkSecret(tenant: Tenant, clientId: string, secret: string): void {
  const given = Buffer.from(secret)
  const known = tenant.credentials.get(clientId) ?? []
  const fits = known.some(({ secret }) => {
    const expected = Buffer.from(secret)
    return expected.length === given.length && timingSafeEqual(expected, given)
  })
  if (!fits) throw wrongSecret(clientId)
}

/** Its signature is not checked: the sandbox knows no certificates and no outside issuers. */
function checkAssertion(issuer: TokenIssuer, clientId: string, assertion: string | null): void {
  try {
    const { exp } = decodeJwt(assertion ?? '')
    if (clientId === issuer.assertionClient && typeof exp === 'number' && exp * 1000 > Date.now()) return
  } catch {
    // Told below: what cannot be decoded is as good as expired.
  }
  throw wrongAssertion(clientId)
}

interface Resource {
  audience: string
  principal: ServicePrincipal
}

function resourceOf(issuer: TokenIssuer, scope: string | null): Resource {
  const { tenant } = issuer
  if (!scope) throw missingParameter('scope')
  const name = /^(.+?)\/\.default$/.exec(scope.trim())?.[1]
  if (!name) throw wrongScope(scope)
  const isGraph = [GRAPH_RESOURCE, GRAPH_APP_ID, issuer.url()].includes(name.replace(/\/$/, ''))
  const application = isGraph ? undefined : findApplication(tenant, name)
  const appId = isGraph ? GRAPH_APP_ID : application?.appId
  const principal = [...tenant.servicePrincipals.values()].find((candidate) => candidate.appId === appId)
  if (!principal || principal.deletedDateTime !== null) throw unknownResource(name, tenant.tenantId)
  return { audience: isGraph ? GRAPH_RESOURCE : name, principal }
}

function findApplication(tenant: Tenant, name: string): Application | undefined {
  return [...tenant.applications.values()].find(({ appId, other, deletedDateTime }) => {
    const uris = (other.identifierUris ?? []) as string[]
    return deletedDateTime === null && (appId === name || `api://${appId}` === name || uris.includes(name))
  })
}

/** The application permissions that were granted to a client on a resource, as `roles` holds them. */
function rolesOf(tenant: Tenant, client: ServicePrincipal, resource: ServicePrincipal): string[] {
  const granted = new Set(
    tenant
      .assignmentsTo(client.id)
      .filter(({ resourceId }) => resourceId === resource.id)
      .map(({ appRoleId }) => appRoleId),
  )
  return resource.appRoles.filter(({ id }) => granted.has(id)).map(({ value }) => value!)
}

function sign(issuer: TokenIssuer, appId: string, client: ServicePrincipal, resource: Resource): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const { tenantId } = issuer.tenant
  const roles = rolesOf(issuer.tenant, client, resource.principal)
  return new SignJWT({
    appid: appId,
    appidacr: '1',
    app_displayname: client.displayName,
    idp: `https://sts.windows.net/${tenantId}/`,
    idtyp: 'app',
    oid: client.id,
    sub: client.id,
    tid: tenantId,
    ver: '1.0',
    uti: randomUUID(),
    ...(roles.length > 0 ? { roles } : {}),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: issuer.key.id })
    .setIssuer(`https://sts.windows.net/${tenantId}/`)
    .setAudience(resource.audience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(issuer.key.private)
}
