import { randomBytes, randomUUID } from 'node:crypto'
import { hashSecret } from '../oauth/clients.ts'
import { type Author, recordChange } from './audit.ts'
import type { Named } from './configurations.ts'
import type { Database, Queryable } from './database.ts'

export interface NewSecret {
  id: string
  clientSecret: string
  createdAt: string
  expiresAt: string
}

const lifetime = 2 * 365 * 24 * 60 * 60 * 1000
const liveSecrets = 2

export type RetireOthers = 'now' | 'onFirstUse' | 'never'

/** A further secret. Beyond two, the oldest is dropped. */
export async function addSecret(
  database: Database,
  author: Author,
  { id: configuration, name }: Named,
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
    const changed = `${secret.id}, ends others: ${retireOthers}`
    await recordChange(transaction, author, {
      action: 'secret added',
      subject: name,
      subjectId: configuration,
      changed,
    })
    return secret
  })
}

/** False: the configuration has no such secret. */
export async function deleteSecret(
  database: Database,
  author: Author,
  { id: configuration, name }: Named,
  id: string,
): Promise<boolean> {
  return await database.transaction(async (transaction) => {
    const text = 'DELETE FROM client_secret WHERE configuration = $1 AND id::text = $2 RETURNING id'
    const gone = (await transaction.query(text, [configuration, id])).length > 0
    const entry = { action: 'secret ended', subject: name, subjectId: configuration, changed: id }
    if (gone) await recordChange(transaction, author, entry)
    return gone
  })
}

export async function insertSecret(
  transaction: Queryable,
  configuration: string,
  retiresOthers: boolean,
  expires = new Date(Date.now() + lifetime),
): Promise<NewSecret> {
  const id = randomUUID()
  const clientSecret = randomBytes(32).toString('base64url')
  const [row] = await transaction.query<{ created: Date }>(
    `INSERT INTO client_secret (id, configuration, hash, retires_others, expires) VALUES ($1, $2, $3, $4, $5) RETURNING created`,
    [id, configuration, hashSecret(clientSecret), retiresOthers, expires],
  )
  return { id, clientSecret, createdAt: row!.created.toISOString(), expiresAt: expires.toISOString() }
}
