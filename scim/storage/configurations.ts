import { randomUUID } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { ClientSettings } from '../oauth/client-settings.ts'
import type { Federation } from '../oauth/clients.ts'
import type { Access } from '../oauth/scopes.ts'
import type { LicenceType } from '../tenant/licence-types.ts'
import { type Author, recordChange } from './audit.ts'
import type { Database, Queryable } from './database.ts'
import { setDefaultLicence } from './licences.ts'
import { insertSecret } from './secrets.ts'

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

/** What is known of a configuration by who changes it. */
export type Named = Pick<Configuration, 'id' | 'name'>

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
  author: Author,
  options: { name: string; defaultLicence: LicenceType; managedBy?: string | null } & ClientSettings,
): Promise<{ id: string; clientSecret: string }> {
  const id = randomUUID()
  const secret = await database.transaction(async (transaction) => {
    await transaction.query(
      `INSERT INTO configuration (id, tenant, name, name_key, default_licence, managed_by, client_id, access, federation, jwks)
       VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, 'full'), $9, $10)`,
      [
        id,
        author.tenant,
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
    await recordChange(transaction, author, {
      action: 'configuration created',
      subject: options.name,
      subjectId: id,
      changed: `default licence ${options.defaultLicence}`,
    })
    return await insertSecret(transaction, id, false)
  })
  return { id, clientSecret: secret.clientSecret }
}

export async function changeConfiguration(
  database: Database,
  author: Author,
  { id, name }: Named,
  change: { name?: string; defaultLicence?: LicenceType; managedBy?: string | null } & ClientSettings,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const { defaultLicence, ...others } = change
    if (defaultLicence) await setDefaultLicence(transaction, author, id, defaultLicence)
    await transaction.query(
      `UPDATE configuration SET name = coalesce($3, name), name_key = coalesce($4, name_key),
         managed_by = CASE WHEN $6::boolean THEN $5 ELSE managed_by END,
         access = coalesce($7, access), federation = CASE WHEN $9::boolean THEN $8 ELSE federation END,
         jwks = CASE WHEN $11::boolean THEN $10 ELSE jwks END
       WHERE tenant = $1 AND id = $2`,
      [
        author.tenant,
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
    const changed = Object.keys(others).join(', ')
    const entry = { action: 'configuration changed', subject: change.name ?? name, subjectId: id, changed }
    if (changed) await recordChange(transaction, author, entry)
  })
}

/** What it made stays, with the licences it gave. */
export async function deleteConfiguration(database: Database, author: Author, { id, name }: Named): Promise<void> {
  await database.transaction(async (transaction) => {
    const text = 'DELETE FROM configuration WHERE tenant = $1 AND id = $2'
    await transaction.query(text, [author.tenant, id])
    await recordChange(transaction, author, { action: 'configuration deleted', subject: name, subjectId: id })
  })
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
