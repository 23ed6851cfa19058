import { LoginFailure } from '../login/errors.ts'
import { addManagedIdentity, isManagedIdentity, managedIdentityToken } from '../login/managedIdentity.ts'
import type { SandboxParts } from '../sandbox.ts'
import type { ServicePrincipal } from '../tenant/model.ts'
import { BadControl } from './bad.ts'

export const identities = ({ tenant }: SandboxParts) =>
  [...tenant.servicePrincipals.values()].filter(isManagedIdentity).map(shown)

export function addIdentity({ tenant }: SandboxParts, { displayName }: Record<string, unknown>) {
  if (typeof displayName !== 'string' || displayName === '') throw new BadControl('displayName is to be a text.')
  return shown(addManagedIdentity(tenant, displayName))
}

export async function identityToken({ issuer }: SandboxParts, query: URLSearchParams) {
  const [clientId, resource] = [query.get('client_id') ?? '', query.get('resource') ?? '']
  const answer = await managedIdentityToken(issuer, clientId, resource).catch((error) => {
    throw error instanceof LoginFailure ? new BadControl(error.message) : error
  })
  if (answer) return answer
  throw new BadControl(`There is no managed identity "${clientId}". POST /sandbox/managedIdentities makes one.`)
}

const shown = ({ appId, id, displayName }: ServicePrincipal) => ({ clientId: appId, principalId: id, displayName })
