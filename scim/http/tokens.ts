import { randomBytes, randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import type { Queryable } from '../storage/database.ts'
import { type Tenant, toTenant } from '../storage/tenants.ts'

/** Within the 60 to 360 minutes that Microsoft's gallery asks for. */
export const tokenSeconds = 3_600

/** How long a replica may go on taking a token after another has deleted its configuration. */
const rememberedFor = 30_000
const rememberedTokens = 1_000

/** Whose request it is. */
export interface Caller {
  tenant: Tenant
  /** The id of the configuration whose client it is, and its name. */
  configuration: string
  name: string
  defaultLicence: string
}

export interface Tokens {
  issue(tenant: string, configuration: string): Promise<string>
  /** Undefined for a token that is malformed, expired, or of a configuration that is no more. */
  verify(token: string): Promise<Caller | undefined>
  /** To be called when a tenant or a configuration changes. */
  forget(): void
}

/** Access tokens are JWTs signed by a key in the database, so every replica can verify them by itself. */
export async function openTokens(database: Queryable): Promise<Tokens> {
  const key = await signingKey(database)
  const known = new Map<string, { caller: Caller; until: number }>()
  return {
    issue: (tenant, configuration) =>
      new SignJWT({ tenant })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setSubject(configuration)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${tokenSeconds}s`)
        .sign(key),
    async verify(token) {
      const remembered = known.get(token)
      if (remembered && remembered.until > Date.now()) return remembered.caller
      known.delete(token)
      const claims = await jwtVerify(token, key, { algorithms: ['HS256'], typ: 'at+jwt' }).catch(() => undefined)
      const caller = claims && (await findCaller(database, claims.payload.sub))
      if (!caller) return undefined
      if (known.size >= rememberedTokens) known.clear()
      const expires = (claims.payload.exp ?? 0) * 1_000
      known.set(token, { caller, until: Math.min(expires, Date.now() + rememberedFor) })
      return caller
    },
    forget: () => known.clear(),
  }
}

async function signingKey(database: Queryable): Promise<Uint8Array> {
  const fresh = [randomUUID(), randomBytes(32).toString('base64url')]
  await database.query(
    'INSERT INTO signing_key (id, key) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM signing_key)',
    fresh,
  )
  const [row] = await database.query<{ key: string }>('SELECT key FROM signing_key ORDER BY created, id LIMIT 1')
  return Buffer.from(row!.key, 'base64url')
}

async function findCaller(database: Queryable, configuration: string | undefined): Promise<Caller | undefined> {
  type Row = Omit<Caller, 'tenant'> & { tenant: Parameters<typeof toTenant>[0] }
  const [row] = await database.query<Row>(
    `SELECT json_build_object('id', t.id, 'name', t.name, 'displayName', t.display_name, 'settings', t.settings) AS tenant,
       c.id AS configuration, c.name, c.default_licence AS "defaultLicence"
     FROM configuration c JOIN tenant t ON t.id = c.tenant WHERE c.id::text = $1`,
    [configuration],
  )
  return row && { ...row, tenant: toTenant(row.tenant) }
}
