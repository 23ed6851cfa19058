import { randomBytes, randomUUID } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { ClientSettings } from '../oauth/client-settings.ts'
import { type Federation, hashSecret } from '../oauth/clients.ts'
import type { Access } from '../oauth/scopes.ts'
import type { Database, Queryable } from './database.ts'
import { setDefaultLicence } from './licences.ts'

export const licenceTypes = ['named', 'concurrent', 'readOnly', 'none'] as const
export type LicenceType = (typeof licenceTypes)[number]

export interface SecretInfo {
  id: string
  createdAt: string
  expiresAt: string
  lastUsedAt: string | null
}

/** What one identity provider is given to reach one tenant. */
export interface Configuration {
  id: string
  name: string
  defaultLicence: LicenceType
  managedBy: string | null
  access: Access
  federation: Federation | null
  jwks: JSONWebKeySet | null
  clientId: string
  createdAt: string
  secrets: SecretInfo[]
}

export interface NewSecret {
  id: string
  clientSecret: string
  createdAt: string
  expiresAt: string
}

const secretLifetime = 2 * 365 * 24 * 60 * 60 * 1000
const liveSecrets = 2

const select = `SELECT c.id, c.name, c.default_licence AS "defaultLicence", c.managed_by AS "managedBy",
    c.client_id AS "clientId", c.access, c.federation, c.jwks, c.created AS "createdAt",
    (SELECT coalesce(json_agg(json_build_object('id', s.id, 'createdAt', s.created, 'expiresAt', s.expires,
      'lastUsedAt', s.last_used) ORDER BY s.seq), '[]') FROM client_secret s WHERE s.configuration = c.id) AS secrets
  FROM configuration c`

export async function listConfigurations(database: Queryable, tenant: number, name?: string): Promise<Configuration[]> {
  const where = 'WHERE c.tenant = $1 AND ($2::text IS NULL OR c.name_key = $2) ORDER BY c.created, c.id'
  const rows = await database.query<Row>(`${select} ${where}`, [tenant, name === undefined ? null : nameKey(name)])
  return rows.map(toConfiguration)
}

export async function findConfiguration(
  database: Queryable,
  tenant: number,
  id: string,
): Promise<Configuration | undefined> {
  const rows = await database.query<Row>(`${select} WHERE c.tenant = $1 AND c.id::text = $2`, [tenant, id])
  return rows.map(toConfiguration)[0]
}

/** Throws `DatabaseError` of constraint configuration_tenant_name_key_key if the tenant has one of that name. */
export async function createConfiguration(
  database: Database,
  tenant: number,
  options: { name: string; defaultLicence: LicenceType; managedBy?: string | null } & ClientSettings,
): Promise<{ id: string; clientSecret: string }> {
  const id = randomUUID()
  const secret = await database.transaction(async (transaction) => {
    await transaction.query(
      `INSERT INTO configuration (id, tenant, name, name_key, default_licence, managed_by, client_id, access, federation, jwks)
       VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, 'full'), $9, $10)`,
      [
        id,
        tenant,
        options.name,
        nameKey(options.name),
        options.defaultLicence,
        options.managedBy,
        randomUUID(),
        options.access,
        options.federation,
        options.jwks,
      ],
    )
    return await insertSecret(transaction, id, false)
  })
  return { id, clientSecret: secret.clientSecret }
}

export async function changeConfiguration(
  database: Database,
  tenant: number,
  id: string,
  change: { name?: string; defaultLicence?: LicenceType; managedBy?: string | null } & ClientSettings,
  actor: string,
): Promise<void> {
  await database.transaction(async (transaction) => {
    if (change.defaultLicence) await setDefaultLicence(transaction, tenant, id, change.defaultLicence, actor)
    await transaction.query(
      `UPDATE configuration SET name = coalesce($3, name), name_key = coalesce($4, name_key),
         managed_by = CASE WHEN $6::boolean THEN $5 ELSE managed_by END,
         access = coalesce($7, access), federation = CASE WHEN $9::boolean THEN $8 ELSE federation END,
         jwks = CASE WHEN $11::boolean THEN $10 ELSE jwks END
       WHERE tenant = $1 AND id = $2`,
      [
        tenant,
        id,
        change.name,
        change.name && nameKey(change.name),
        change.managedBy,
        change.managedBy !== undefined,
        change.access,
        change.federation,
        change.federation !== undefined,
        change.jwks,
        change.jwks !== undefined,
      ],
    )
  })
}

export async function deleteConfiguration(database: Queryable, id: string): Promise<void> {
  await database.query('DELETE FROM configuration WHERE id = $1', [id])
}

export type RetireOthers = 'now' | 'onFirstUse' | 'never'

/** A further secret. Beyond two, the oldest is dropped. */
export async function addSecret(
  database: Database,
  configuration: string,
  retireOthers: RetireOthers,
  expires?: Date,
): Promise<NewSecret> {
  return await database.transaction(async (transaction) => {
    await transaction.query('SELECT 1 FROM configuration WHERE id = $1 FOR UPDATE', [configuration])
    if (retireOthers === 'now')
      await transaction.query('DELETE FROM client_secret WHERE configuration = $1', [configuration])
    const secret = await insertSecret(transaction, configuration, retireOthers === 'onFirstUse', expires)
    await transaction.query(
      `DELETE FROM client_secret WHERE id IN
         (SELECT id FROM client_secret WHERE configuration = $1 ORDER BY seq DESC OFFSET ${liveSecrets})`,
      [configuration],
    )
    return secret
  })
}

export async function deleteSecret(database: Queryable, configuration: string, id: string): Promise<boolean> {
  const text = 'DELETE FROM client_secret WHERE configuration = $1 AND id::text = $2 RETURNING id'
  return (await database.query(text, [configuration, id])).length > 0
}

async function insertSecret(
  database: Queryable,
  configuration: string,
  retiresOthers: boolean,
  expires = new Date(Date.now() + secretLifetime),
): Promise<NewSecret> {
  const id = randomUUID()
  const clientSecret = randomBytes(32).toString('base64url')
  const [row] = await database.query<{ created: Date }>(
    `INSERT INTO client_secret (id, configuration, hash, retires_others, expires) VALUES ($1, $2, $3, $4, $5) RETURNING created`,
    [id, configuration, hashSecret(clientSecret), retiresOthers, expires],
  )
  return { id, clientSecret, createdAt: row!.created.toISOString(), expiresAt: expires.toISOString() }
}

const nameKey = (name: string): string => name.trim().toLowerCase()

type Row = Omit<Configuration, 'createdAt'> & { createdAt: Date }

function toConfiguration(row: Row): Configuration {
  const iso = (time: string): string => new Date(time).toISOString()
  const secrets = row.secrets.map((secret) => ({
    ...secret,
    createdAt: iso(secret.createdAt),
    expiresAt: iso(secret.expiresAt),
    lastUsedAt: secret.lastUsedAt && iso(secret.lastUsedAt),
  }))
  return { ...row, createdAt: row.createdAt.toISOString(), secrets }
}
