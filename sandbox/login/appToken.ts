import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { ServicePrincipal } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { unassignedClient } from './errors.ts'
import type { TokenIssuer } from './issuer.ts'
import type { Resource } from './resource.ts'

export const LIFETIME_SECONDS = 3599

/** A program that has proved who it is. */
export interface Program {
  principal: ServicePrincipal
  /** `appidacr` of tokens: 1 for a secret, 2 for an assertion; a managed identity has 2. */
  proof: '1' | '2'
}

/**
 * The access token of a program for itself. Source: Microsoft Learn, "Access token claims reference".
 * @throws LoginFailure where the resource is for those who have a role on it
 */
export async function appToken(issuer: TokenIssuer, program: Program, resource: Resource): Promise<string> {
  const { principal } = program
  const roles = resource.principal ? rolesOf(issuer.tenant, principal, resource.principal) : []
  if (resource.principal?.appRoleAssignmentRequired && roles.length === 0) {
    throw unassignedClient(principal.appId, principal.displayName, resource.principal)
  }
  const { tenantId } = issuer.tenant
  const now = Math.floor(Date.now() / 1000)
  const version2 = resource.version === '2.0'
  return new SignJWT({
    ...(version2 ? claims2(program) : claims1(program, tenantId)),
    oid: principal.id,
    sub: principal.id,
    tid: tenantId,
    ver: resource.version,
    uti: randomUUID(),
    ...(roles.length > 0 ? { roles } : {}),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: issuer.key.id })
    .setIssuer(version2 ? `${issuer.url()}/${tenantId}/v2.0` : `https://sts.windows.net/${tenantId}/`)
    .setAudience(resource.audience)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(issuer.key.private)
}

const claims1 = ({ principal, proof }: Program, tenantId: string) => ({
  appid: principal.appId,
  appidacr: proof,
  app_displayname: principal.displayName,
  idp: `https://sts.windows.net/${tenantId}/`,
  idtyp: 'app',
})

const claims2 = ({ principal, proof }: Program) => ({ azp: principal.appId, azpacr: proof })

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
