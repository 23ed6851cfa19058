import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { DOMAIN } from '../directory/known.ts'
import { GRAPH_APP_ID } from '../templates/graphPermissions.ts'
import type { Application, ServicePrincipal } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { authenticate, type Client } from './client.ts'
import { CLOUDS } from './clouds.ts'
import {
  missingParameter,
  unassignedClient,
  unknownResource,
  unknownTenant,
  unsupportedGrant,
  wrongScope,
} from './errors.ts'
import type { TokenIssuer } from './issuer.ts'
import { redeemCode } from './signIn/redeem.ts'

const LIFETIME_SECONDS = 3599

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
  const access_token = await sign(issuer, client, resource)
  return { token_type: 'Bearer', expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS, access_token }
}

/** @throws LoginFailure for a name that is neither the tenant's id nor its domain */
export function checkTenant({ tenant }: TokenIssuer, name: string): void {
  if (name.toLowerCase() !== tenant.tenantId && name.toLowerCase() !== DOMAIN) throw unknownTenant(name)
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
  const { graph } = CLOUDS[issuer.settings.cloud]
  const isGraph = [graph, GRAPH_APP_ID, issuer.url()].includes(name.replace(/\/$/, ''))
  const application = isGraph ? undefined : findApplication(tenant, name)
  const appId = isGraph ? GRAPH_APP_ID : application?.appId
  const principal = [...tenant.servicePrincipals.values()].find((candidate) => candidate.appId === appId)
  if (!principal || principal.deletedDateTime !== null) throw unknownResource(name, tenant.tenantId)
  return { audience: isGraph ? graph : name, principal }
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

function sign(issuer: TokenIssuer, client: Client, resource: Resource): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const { tenantId } = issuer.tenant
  const { principal, clientId } = client
  const roles = rolesOf(issuer.tenant, principal, resource.principal)
  if (resource.principal.appRoleAssignmentRequired && roles.length === 0) {
    throw unassignedClient(clientId, principal.displayName, resource.principal)
  }
  return new SignJWT({
    appid: clientId,
    appidacr: client.proof,
    app_displayname: principal.displayName,
    idp: `https://sts.windows.net/${tenantId}/`,
    idtyp: 'app',
    oid: principal.id,
    sub: principal.id,
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
