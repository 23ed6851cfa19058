import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Queryable } from '../storage/database.ts'
import type { Client } from './clients.ts'
import { invalidClient, type OAuthError } from './errors.ts'
import { type Issuers, IssuerUnreachable } from './issuers.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Public-key signatures only: with HS256 the public key would do as the secret. */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** Clocks differ; seconds. */
const tolerance = 60
/** Access tokens of Entra ID live up to a day. */
const longestLife = 25 * 60 * 60

/** Who an assertion says it is from, not verified; to find the configuration by. */
export function assertedSubject(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub
  } catch {
    return undefined
  }
}

/**
 * Accepts a JWT in place of a client secret, RFC 7523 §3: one that the client has signed with a key of its configuration
 * (`private_key_jwt`), or one of an identity provider that the configuration trusts (workload identity federation). `addresses`
 * are those that this token endpoint goes by. Throws `OAuthError`, or `IssuerUnreachable`.
 */
export async function acceptAssertion(
  database: Queryable,
  issuers: Issuers,
  client: Client,
  assertion: string,
  addresses: string[],
): Promise<void> {
  const claims = await verify(issuers, client, assertion, addresses)
  const now = Date.now() / 1_000
  if (claims.exp! > now + longestLife + tolerance) {
    throw invalidClient(`The assertion expires too late: more than ${longestLife / 3_600} hours from now`)
  }
  if (claims.jti !== undefined && !(await isFirstUse(database, client, String(claims.jti), claims.exp!))) {
    throw invalidClient('The assertion has been used before: its jti is known. Sign a new one for each request')
  }
}

async function verify(issuers: Issuers, client: Client, assertion: string, addresses: string[]): Promise<JWTPayload> {
  const { federation, jwks, clientId } = client
  const rules = { algorithms: assertionAlgorithms, clockTolerance: tolerance, requiredClaims: ['exp'] }
  const own = issuerOf(assertion) === clientId
  if (own && jwks) {
    const required = {
      ...rules,
      issuer: clientId,
      subject: clientId,
      audience: addresses,
      requiredClaims: ['exp', 'jti'],
    }
    return await verifyWith(createLocalJWKSet(jwks), assertion, required)
  }
  if (!own && federation) {
    const { issuer, subject, audience } = federation
    return await verifyWith(await issuers.keysOf(issuer), assertion, {
      ...rules,
      issuer,
      subject,
      audience: spellingsOf(audience),
    })
  }
  throw invalidClient(
    own
      ? 'The configuration has no jwks to verify the assertion by'
      : 'The configuration trusts no other issuer: it has no federation',
  )
}

async function verifyWith(
  keys: JWTVerifyGetKey,
  assertion: string,
  rules: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(assertion, keys, rules)).payload
  } catch (error) {
    throw refusalOf(error)
  }
}

function refusalOf(error: unknown): OAuthError | IssuerUnreachable {
  if (error instanceof IssuerUnreachable) return error
  if (error instanceof errors.JWTExpired) return invalidClient('The assertion has expired')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return invalidClient(
      `The claim ${error.claim} of the assertion is ${error.reason === 'missing' ? 'missing' : 'not the one that is expected'}`,
    )
  }
  return invalidClient(
    'The signature of the assertion cannot be verified: its key or its algorithm is not one that is accepted, or it was changed',
  )
}

function issuerOf(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch {
    throw invalidClient('The assertion is not a JWT')
  }
}

/** Entra ID names an application by its id alone in tokens of version 2, and by `api://{id}` in those of version 1. */
function spellingsOf(audience: string): string[] {
  const application = /^(?:api:\/\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(audience)?.[1]
  return application ? [application, `api://${application}`] : [audience]
}

/** The database decides, so that an assertion is good at one replica only. */
async function isFirstUse(database: Queryable, client: Client, jti: string, expires: number): Promise<boolean> {
  await database.query('DELETE FROM used_assertion WHERE expires < now()')
  const rows = await database.query(
    `INSERT INTO used_assertion (configuration, hash, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING hash`,
    [client.id, createHash('sha256').update(jti).digest('hex'), new Date((expires + tolerance) * 1_000)],
  )
  return rows.length > 0
}
