import type { User } from '../../tenant/model.ts'
import type { AssertedClient } from '../assertion/check.ts'
import { findClient } from '../client.ts'
import {
  disabledUser,
  LoginFailure,
  missingParameter,
  unassignedUser,
  unknownUser,
  unregisteredRedirect,
} from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'

/** A request to sign somebody in (OpenID Connect Core 1.0 §3.1.2.1). */
export interface SignInRequest {
  client: AssertedClient
  redirectUri: string
  mode: 'query' | 'form_post'
  scope: string
  state: string | null
  nonce: string | null
  challenge: string | null
  /** Who is expected. */
  hint: string
  /** `none`: without a page. */
  prompt: string | null
}

/** @throws LoginFailure for a client or an address that is not registered: then nobody is sent back to it */
export function readRequest(issuer: TokenIssuer, query: URLSearchParams): SignInRequest {
  const clientId = required(query, 'client_id')
  const client = findClient(issuer, clientId)
  const redirectUri = required(query, 'redirect_uri')
  if (!redirectsOf(client).includes(redirectUri)) throw unregisteredRedirect(redirectUri, clientId)
  return {
    client,
    redirectUri,
    mode: query.get('response_mode') === 'form_post' ? 'form_post' : 'query',
    scope: required(query, 'scope'),
    state: query.get('state'),
    nonce: query.get('nonce'),
    challenge: query.get('code_challenge'),
    hint: query.get('login_hint') ?? '',
    prompt: query.get('prompt'),
  }
}

/** @throws LoginFailure that is told to the client */
export function checkFlow(query: URLSearchParams): void {
  if (query.get('response_type') !== 'code') {
    throw new LoginFailure(
      400,
      'unsupported_response_type',
      700054,
      `response_type '${query.get('response_type') ?? ''}' is not enabled for the application; it is code.`,
    )
  }
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256') {
    throw new LoginFailure(400, 'invalid_request', 501491, 'Invalid size of Code_Challenge parameter: it is S256.')
  }
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (!value) throw missingParameter(name)
  return value
}

/** Of web, single-page and public clients alike. */
function redirectsOf({ application }: AssertedClient): string[] {
  const { web, spa, publicClient } = (application?.other ?? {}) as Record<string, { redirectUris?: string[] } | null>
  return [web, spa, publicClient].flatMap((platform) => platform?.redirectUris ?? [])
}

/** @throws LoginFailure for somebody who is not there, is disabled, or may not use the client */
export function findUser({ tenant }: TokenIssuer, client: AssertedClient, name: string): User {
  const user = tenant.userByName(name.trim())
  if (!user || user.deletedDateTime !== null) throw unknownUser(name, tenant.tenantId)
  if (!user.accountEnabled) throw disabledUser()
  const { principal, clientId } = client
  if (principal.appRoleAssignmentRequired && assignmentsOf(tenant, user.id, principal.id).length === 0) {
    throw unassignedUser(user.userPrincipalName, clientId, principal.displayName)
  }
  return user
}

/** Of the user, and of the groups that the user is a direct member of. */
export function assignmentsOf(tenant: TokenIssuer['tenant'], userId: string, resourceId: string) {
  return [userId, ...tenant.groupsOf(userId)]
    .flatMap((id) => tenant.assignmentsTo(id))
    .filter((assignment) => assignment.resourceId === resourceId)
}
