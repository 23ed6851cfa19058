import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { FederatedCredential } from '../../tenant/tenant.ts'
import { issuerUnreachable, noFederatedIdentity, unmatchedFederation, wrongSignature } from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
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
  checkMatch(credentials, iss, sub, [claims.aud ?? ''].flat())
  const keys = await keysOf(iss).catch(() => undefined)
  if (!keys) {
    if (issuer.settings.unreachableIssuer === 'trusted') return
    throw issuerUnreachable(iss)
  }
  await jwtVerify(jwt, createLocalJWKSet(keys), { clockTolerance: 300 }).catch(() => {
    throw wrongSignature()
  })
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
