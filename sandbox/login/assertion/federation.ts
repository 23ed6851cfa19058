import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { FederatedCredential } from '../../tenant/tenant.ts'
import {
  issuerUnreachable,
  noFederatedIdentity,
  notManagedIdentity,
  unmatchedFederation,
  wrongSignature,
} from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
import { isManagedIdentity } from '../managedIdentity.ts'
import { TOKEN_EXCHANGE } from '../resource.ts'
import type { AssertedClient, Assertion } from './check.ts'

/**
 * An assertion of an outside issuer: issuer, subject and audience are those of a federated identity credential, to the
 * letter, and the signature is by one of the issuer's keys.
 * @throws LoginFailure
 */
export async function checkFederatedAssertion(
  issuer: TokenIssuer,
  client: AssertedClient,
  { jwt, claims }: Assertion,
): Promise<void> {
  const credentials = (client.application && issuer.tenant.federatedCredentials.get(client.application.id)) ?? []
  const { iss = '', sub = '' } = claims
  checkMatch(credentials, iss, sub, [claims.aud ?? ''].flat().map(asNamed))
  if (iss === `${issuer.url()}/${issuer.tenant.tenantId}/v2.0`) return checkOwn(issuer, jwt, sub)
  const keys = await keysOf(iss).catch(() => undefined)
  if (!keys) {
    if (issuer.settings.unreachableIssuer === 'trusted') return
    throw issuerUnreachable(iss)
  }
  await jwtVerify(jwt, createLocalJWKSet(keys), { clockTolerance: 300 }).catch(() => {
    throw wrongSignature()
  })
}

/** Tokens have an id where a credential has the name of it. */
const asNamed = (audience: string): string => (audience === TOKEN_EXCHANGE.appId ? TOKEN_EXCHANGE.uri : audience)

/** The token of a managed identity of this tenant (Entra: configure an application to trust a managed identity). */
async function checkOwn({ key, tenant }: TokenIssuer, jwt: string, subject: string): Promise<void> {
  await jwtVerify(jwt, key.public, { clockTolerance: 300 }).catch(() => {
    throw wrongSignature()
  })
  const principal = tenant.servicePrincipals.get(subject)
  if (!principal || !isManagedIdentity(principal)) throw notManagedIdentity()
}

function checkMatch(credentials: FederatedCredential[], issuer: string, subject: string, audiences: string[]): void {
  if (credentials.length === 0) throw noFederatedIdentity(issuer, subject, audiences.join(', '))
  const ofIssuer = credentials.filter((credential) => credential.issuer === issuer)
  if (ofIssuer.length === 0) throw unmatchedFederation('issuer', issuer)
  const ofSubject = ofIssuer.filter((credential) => credential.subject === subject)
  if (ofSubject.length === 0) throw unmatchedFederation('subject', subject)
  const matches = ofSubject.some((credential) => credential.audiences.some((name) => audiences.includes(name)))
  if (!matches) throw unmatchedFederation('audience', audiences.join(', '))
}

const PATIENCE_MS = 3000

/** By OpenID Connect Discovery 1.0 §4. */
async function keysOf(issuer: string): Promise<JSONWebKeySet> {
  const read = async (url: string) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    return response.json()
  }
  const configuration = (await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as {
    jwks_uri: string
  }
  return (await read(configuration.jwks_uri)) as JSONWebKeySet
}
