import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Queryable } from '../storage/database.ts'
import { type Tenant, toTenant } from '../storage/tenants.ts'
import { type Access, accessOf } from './scopes.ts'
import { type SigningKeys, signingAlgorithm } from './signing-keys.ts'

/** How long a replica may go on taking a token after another has deleted or changed its configuration; milliseconds. */
const rememberedFor = 15_000
const rememberedTokens = 1_000

/** Whose request it is. */
export interface Caller {
  tenant: Tenant
  /** The id of the configuration whose client it is, and its name. */
  configuration: string
  name: string
  defaultLicence: string
  access: Access
}

export interface TokenContent {
  issuer: string
  audience: string
  configuration: string
  clientId: string
  scope: string
  /** How long it is good for. */
  seconds: number
}

export interface Tokens {
  /** An access token as RFC 9068 describes. */
  issue(content: TokenContent): Promise<string>
  /** Undefined for a token that is malformed, expired, or of a configuration that is no more. */
  verify(token: string): Promise<Caller | undefined>
  /** To be called when a tenant or a configuration changes. */
  forget(): void
}

/**
 * Issuer and audience are for who reads tokens elsewhere: here the signature says that the token is the service's own, and the
 * configuration it names says whose tenant it opens, also after the service has moved to another address.
 */
export function openTokens(database: Queryable, keys: SigningKeys, clock: () => number = Date.now): Tokens {
  const known = new Map<string, { caller: Caller; until: number }>()
  return {
    async issue({ issuer, audience, configuration, clientId, scope, seconds }) {
      const { id, key } = await keys.current()
      return await new SignJWT({ client_id: clientId, scope })
        .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: id })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(configuration)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${seconds}s`)
        .sign(key)
    },
    async verify(token) {
      const remembered = known.get(token)
      if (remembered && remembered.until > clock()) return remembered.caller
      known.delete(token)
      const claims = await verifiedClaims(token, keys)
      const caller = claims && (await findCaller(database, claims))
      if (!caller) return undefined
      if (known.size >= rememberedTokens) known.clear()
      known.set(token, { caller, until: Math.min(claims.exp! * 1_000, clock() + rememberedFor) })
      return caller
    },
    forget: () => known.clear(),
  }
}

async function verifiedClaims(token: string, keys: SigningKeys): Promise<JWTPayload | undefined> {
  const id = keyIdOf(token)
  const key = id && (await keys.verifying(id))
  if (!key) return undefined
  const rules = { algorithms: [signingAlgorithm], typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'scope'] }
  const verified = await jwtVerify(token, key, rules).catch(() => undefined)
  return verified?.payload
}

function keyIdOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

async function findCaller(database: Queryable, claims: JWTPayload): Promise<Caller | undefined> {
  type Row = Omit<Caller, 'tenant'> & { tenant: Parameters<typeof toTenant>[0] }
  const [row] = await database.query<Row>(
    `SELECT json_build_object('id', t.id, 'name', t.name, 'displayName', t.display_name, 'settings', t.settings) AS tenant,
       c.id AS configuration, c.name, c.default_licence AS "defaultLicence", c.access
     FROM configuration c JOIN tenant t ON t.id = c.tenant WHERE c.id::text = $1`,
    [claims.sub],
  )
  return row && { ...row, tenant: toTenant(row.tenant), access: accessOf(claims.scope, row.access) }
}
