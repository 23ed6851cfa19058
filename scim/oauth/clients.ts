import { createHash, timingSafeEqual } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import type { Queryable } from '../storage/database.ts'
import type { Access } from './scopes.ts'

/** Whose tokens stand for the client: those that `issuer` signs for `subject`, meant for `audience`. */
export interface Federation {
  issuer: string
  subject: string
  audience: string
}

interface ClientSecret {
  id: string
  hash: string
  retiresOthers: boolean
  /** Whether its last use is long enough ago to be noted anew. */
  noteUse: boolean
}

/** A configuration, as the token endpoint sees it. */
export interface Client {
  id: string
  clientId: string
  access: Access
  federation: Federation | null
  /** The public keys that its own assertions are verified by. */
  jwks: JSONWebKeySet | null
  tokenMinutes: number | null
  /** Those that have not expired. */
  secrets: ClientSecret[]
}

const textOfClients = /^[\x21-\x7e]{1,255}$/

export async function findClient(database: Queryable, tenant: string, clientId: string): Promise<Client | undefined> {
  if (!textOfClients.test(tenant) || !textOfClients.test(clientId)) return undefined
  const [row] = await database.query<Client>(
    `SELECT c.id, c.client_id AS "clientId", c.access, c.federation, c.jwks,
       (t.settings ->> 'tokenMinutes')::int AS "tokenMinutes",
       (SELECT coalesce(json_agg(json_build_object('id', s.id, 'hash', s.hash, 'retiresOthers', s.retires_others,
          'noteUse', coalesce(s.last_used < now() - interval '1 minute', true))), '[]')
        FROM client_secret s WHERE s.configuration = c.id AND s.expires > now()) AS secrets
     FROM configuration c JOIN tenant t ON t.id = c.tenant WHERE c.client_id = $1 AND t.name = $2`,
    [clientId, tenant],
  )
  return row
}

/** A long random secret needs no stretching: its hash cannot be searched for. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

const noHash = hashSecret('')

/** Compares as many times for an unknown client as for a known one, and always the whole. */
export function matchingSecret(client: Client | undefined, secret: string): ClientSecret | undefined {
  const given = Buffer.from(hashSecret(secret))
  const [first, second] = client?.secrets ?? []
  const matches = [first, second].map((each) => timingSafeEqual(Buffer.from(each?.hash ?? noHash), given) && each)
  return matches.find((each) => typeof each === 'object')
}

/** Presenting a secret that was made to replace the others ends those. */
export async function noteSecretUse(database: Queryable, client: Client, secret: ClientSecret): Promise<void> {
  if (secret.retiresOthers) {
    await database.query('DELETE FROM client_secret WHERE configuration = $1 AND id <> $2', [client.id, secret.id])
  }
  if (secret.retiresOthers || secret.noteUse) {
    const text = 'UPDATE client_secret SET last_used = now(), retires_others = false WHERE id = $1'
    await database.query(text, [secret.id])
  }
}
