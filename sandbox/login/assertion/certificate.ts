import { createHash, X509Certificate } from 'node:crypto'
import { compactVerify } from 'jose'
import { replayedAssertion, unregisteredKey, wrongAssertionAudience, wrongSignature } from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
import type { AssertedClient, Assertion } from './check.ts'

/** What Entra takes (Entra: certificate credentials). */
const ALGORITHMS = ['PS256', 'RS256']

/** @throws LoginFailure */
export async function checkCertificateAssertion(
  issuer: TokenIssuer,
  client: AssertedClient,
  assertion: Assertion,
): Promise<void> {
  const { claims, jwt } = assertion
  if (!audiencesOf(issuer).some((audience) => [claims.aud].flat().includes(audience))) {
    throw wrongAssertionAudience(String(claims.aud))
  }
  const certificate = registered(client).find((candidate) => isNamed(candidate, assertion.header))
  if (!certificate) throw unregisteredKey(client.clientId, thumbprintIn(assertion.header), 'The key was not found.')
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw unregisteredKey(client.clientId, thumbprintIn(assertion.header), 'The key used is expired.')
  }
  await compactVerify(jwt, certificate.publicKey, { algorithms: ALGORITHMS }).catch(() => {
    throw wrongSignature()
  })
  if (typeof claims.jti === 'string' && issuer.settings.assertionReplay === 'refused') {
    if (!issuer.replays.isNew(`${client.clientId} ${claims.jti}`, claims.exp!)) throw replayedAssertion(claims.jti)
  }
}

/** The token endpoint, which is what clients name, or the issuer. */
function audiencesOf({ tenant, url }: TokenIssuer): string[] {
  const login = `${url()}/${tenant.tenantId}`
  return [`${login}/oauth2/v2.0/token`, `${login}/v2.0`, `${login}/oauth2/token`, login, `${login}/`]
}

/** Certificates are kept on the application, or on its service principal. */
function registered({ application, principal }: AssertedClient): X509Certificate[] {
  const credentials = [application?.other.keyCredentials, principal.other.keyCredentials].flat()
  return credentials.flatMap((credential) => {
    const key = (credential as { key?: unknown } | undefined)?.key
    try {
      return typeof key === 'string' ? [new X509Certificate(Buffer.from(key, 'base64'))] : []
    } catch {
      return []
    }
  })
}

/**
 * `x5t` and `x5t#S256` (RFC 7515 §4.1.7), or the thumbprint in `kid`, in hexadecimal or in base64: padded, as azuread's
 * client writes it, or not.
 */
function isNamed(certificate: X509Certificate, { kid, x5t, 'x5t#S256': x5t256 }: Assertion['header']): boolean {
  const digest = (algorithm: string) => createHash(algorithm).update(certificate.raw).digest()
  const isBase64 = (name: string, hash: Buffer) => Buffer.from(name, 'base64url').equals(hash)
  if (x5t256) return isBase64(x5t256, digest('sha256'))
  const sha1 = digest('sha1')
  return [x5t, kid].some((name) => name && (isBase64(name, sha1) || name.toLowerCase() === sha1.toString('hex')))
}

const thumbprintIn = ({ kid, x5t, 'x5t#S256': x5t256 }: Assertion['header']): string =>
  Buffer.from(x5t ?? x5t256 ?? kid ?? '', 'base64url')
    .toString('hex')
    .toUpperCase()
