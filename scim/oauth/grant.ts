import type { Queryable } from '../storage/database.ts'
import { usualTokenMinutes } from '../tenant/settings.ts'
import { acceptAssertion, assertedSubject, assertionType } from './assertions.ts'
import { type Client, findClient, matchingSecret, noteSecretUse } from './clients.ts'
import { invalidClient, invalidRequest, OAuthError } from './errors.ts'
import type { Issuers } from './issuers.ts'
import { grantedScope, scopes } from './scopes.ts'

/** What a client sends to the token endpoint: RFC 6749 §4.4.2, RFC 7523 §2.2. */
export interface TokenRequest {
  tenant: string
  /** One value each. */
  form: Record<string, string | undefined>
  /** The Authorization header. */
  authorization: string | undefined
}

type Credentials = { id: string; secret: string } | { id: string; assertion: string }

/** Reads who asks. Throws `OAuthError`. */
export function readCredentials({ form, authorization }: TokenRequest): Credentials {
  if (!form.grant_type) throw invalidRequest('grant_type is missing; use client_credentials')
  if (form.grant_type !== 'client_credentials') {
    throw new OAuthError(400, 'unsupported_grant_type', 'Only grant_type=client_credentials is supported')
  }
  const { client_id: id, client_secret: secret, client_assertion: assertion } = form
  const basic = authorization === undefined ? undefined : basicCredentials(authorization)
  const twoSecrets = basic && ((id ?? basic.id) !== basic.id || (secret ?? basic.secret) !== basic.secret)
  if (twoSecrets || (assertion !== undefined && (basic || secret !== undefined))) {
    throw invalidRequest(
      'The client identifies itself in more than one way; use one of Basic, client_secret, client_assertion',
    )
  }
  if (basic) return basic
  if (assertion !== undefined) {
    if (form.client_assertion_type !== assertionType)
      throw invalidRequest(`client_assertion_type must be ${assertionType}`)
    return { id: id ?? assertedSubject(assertion) ?? '', assertion }
  }
  if (!id || !secret) throw invalidClient('The client id, or its secret or assertion, is missing')
  return { id, secret }
}

/** The client that the credentials prove, and the scope it gets. Throws `OAuthError`, `IssuerUnreachable`, `DatabaseError`. */
export async function grant(
  database: Queryable,
  issuers: Issuers,
  request: TokenRequest,
  credentials: Credentials,
  addresses: string[],
): Promise<{ client: Client; scope: string; seconds: number }> {
  const found = await findClient(database, request.tenant, credentials.id)
  const client =
    'secret' in credentials
      ? await bySecret(database, found, credentials.secret)
      : await byAssertion(database, issuers, found, credentials.assertion, addresses)
  const scope = grantedScope(request.form.scope, client.access)
  if (scope === undefined) {
    const allowed = client.access === 'full' ? scopes.join(' and ') : 'scim.read alone'
    throw new OAuthError(400, 'invalid_scope', `This client may ask for ${allowed}, or leave scope out`)
  }
  return { client, scope, seconds: 60 * (client.tokenMinutes ?? usualTokenMinutes) }
}

async function bySecret(database: Queryable, client: Client | undefined, secret: string): Promise<Client> {
  const matching = matchingSecret(client, secret)
  if (!client || !matching) {
    throw invalidClient('The client id or the client secret is wrong, or the secret has expired')
  }
  await noteSecretUse(database, client, matching)
  return client
}

async function byAssertion(
  database: Queryable,
  issuers: Issuers,
  client: Client | undefined,
  assertion: string,
  addresses: string[],
): Promise<Client> {
  if (!client) throw invalidClient('No client has the id of client_id, or of the subject of the assertion')
  await acceptAssertion(database, issuers, client, assertion, addresses)
  return client
}

/** The parts are form-encoded before they are joined: RFC 6749 §2.3.1. */
function basicCredentials(header: string): { id: string; secret: string } {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(header)?.[1] ?? ''
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  if (!id || !secret) throw invalidClient('The Authorization header is not Basic with a client id and a secret')
  return { id: formDecode(id), secret: formDecode(secret) }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
