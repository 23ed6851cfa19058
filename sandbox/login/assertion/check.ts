import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Application, ServicePrincipal } from '../../tenant/model.ts'
import { malformedAssertion, outdatedAssertion, wrongAssertionClient } from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
import { checkCertificateAssertion } from './certificate.ts'
import { checkFederatedAssertion } from './federation.ts'

/** A client assertion (RFC 7523 §2.2), read but not trusted. */
export interface Assertion {
  jwt: string
  header: { alg?: string; kid?: string; x5t?: string; 'x5t#S256'?: string }
  claims: JWTPayload
}

/** Who the assertion is said to come from. */
export interface AssertedClient {
  clientId: string
  principal: ServicePrincipal
  application: Application | undefined
}

/** Clocks may differ by as much, seconds. */
const SKEW = 300

/**
 * Check a client assertion: one that names the client as its own issuer is signed with a certificate of the
 * application, any other comes from an issuer that the application trusts (Entra: certificate credentials, workload
 * identity federation).
 * @throws LoginFailure
 */
export async function checkAssertion(issuer: TokenIssuer, client: AssertedClient, jwt: string): Promise<void> {
  const assertion = read(jwt)
  checkTimes(assertion.claims)
  if (assertion.claims.iss !== client.clientId) return checkFederatedAssertion(issuer, client, assertion)
  if (assertion.claims.sub !== client.clientId) throw wrongAssertionClient()
  await checkCertificateAssertion(issuer, client, assertion)
}

function read(jwt: string): Assertion {
  try {
    return { jwt, header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) }
  } catch {
    throw malformedAssertion()
  }
}

function checkTimes({ exp, nbf = 0 }: JWTPayload): void {
  if (typeof exp !== 'number') throw malformedAssertion()
  const now = Math.floor(Date.now() / 1000)
  if (exp + SKEW <= now || nbf - SKEW > now) throw outdatedAssertion(now, nbf, exp)
}
