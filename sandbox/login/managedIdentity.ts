import { randomUUID } from 'node:crypto'
import { emptyServicePrincipal } from '../graph/shape/applications.ts'
import type { ServicePrincipal } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { appToken, LIFETIME_SECONDS } from './appToken.ts'
import type { TokenIssuer } from './issuer.ts'
import { findResource } from './resource.ts'

const TYPE = 'ManagedIdentity'

/** As Azure makes one: a service principal without an application, which nobody has a secret of. */
export function addManagedIdentity(tenant: Tenant, displayName: string): ServicePrincipal {
  const [id, appId] = [randomUUID(), randomUUID()]
  const empty = emptyServicePrincipal()
  const other = { ...empty.other, servicePrincipalType: TYPE }
  const principal = { ...empty, id, appId, displayName, other }
  tenant.servicePrincipals.put(id, principal)
  return principal
}

export const isManagedIdentity = ({ other }: ServicePrincipal): boolean => other.servicePrincipalType === TYPE

/**
 * What the endpoint answers that programs in Azure find by IDENTITY_ENDPOINT, version 2019-08-01.
 * @throws LoginFailure; undefined for an identity that there is not
 */
export async function managedIdentityToken(issuer: TokenIssuer, clientId: string, resource: string) {
  const principal = [...issuer.tenant.servicePrincipals.values()].find(
    (one) => one.appId === clientId && one.deletedDateTime === null && isManagedIdentity(one),
  )
  if (!principal) return undefined
  const access_token = await appToken(issuer, { principal, proof: '2' }, findResource(issuer, resource))
  const ends = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS
  return { access_token, expires_on: String(ends), resource, token_type: 'Bearer', client_id: clientId }
}
