import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Database, Queryable } from '../storage/database.ts'
import type { ServiceKey } from './service-key.ts'

export const signingAlgorithm = 'ES256'

const day = 24 * 60 * 60
/** A new key is made when the newest is this old, in seconds. */
const rotateAfter = 90 * day
/** By then a newer key has signed for longer than any token lives. */
const dropAfter = 92 * day
/** A key signs when every replica has read it, so that none meets a token it cannot verify; in seconds. */
const signsAfter = 60
/** How long a replica goes by what it has read, in milliseconds. */
const rereadAfter = 15_000
/** A token of an unknown key makes a replica read again, but forged ones not all the time; in milliseconds. */
const rereadUnknownAfter = 1_000

interface StoredKey {
  id: string
  publicKey: JWK
  privateKey: string
  /** Seconds. */
  age: number
}

export interface SigningKeys {
  /** The key that this replica signs with. */
  current(): Promise<{ id: string; key: CryptoKey }>
  /** Undefined for a key that is no more, or never was. */
  verifying(id: string): Promise<CryptoKey | undefined>
  /** A JWK Set, RFC 7517 §5. */
  published(): Promise<{ keys: JWK[] }>
  /** Makes a new key. With `dropOthers` all tokens issued before are refused, by other replicas within 30 s. */
  rotate(dropOthers: boolean): Promise<void>
}

/**
 * The keys of all replicas, in the database. A replica that cannot open the private keys, since its service key is another,
 * makes one of its own; what the others sign is still verified.
 */
export async function openSigningKeys(
  database: Database,
  serviceKey: ServiceKey,
  clock: () => number = Date.now,
): Promise<SigningKeys> {
  let keys: StoredKey[] = []
  let readAt = Number.NEGATIVE_INFINITY
  const imported = new Map<string, Promise<CryptoKey>>()

  const read = async (): Promise<void> => {
    keys = await storedKeys(database)
    if (!keys.some((key) => key.age < rotateAfter && canOpen(serviceKey, key))) {
      await addKey(database, serviceKey)
      keys = await storedKeys(database)
    }
    readAt = clock()
    for (const name of imported.keys()) if (!keys.some(({ id }) => name.endsWith(id))) imported.delete(name)
  }
  const readIfOlder = async (than: number): Promise<void> => {
    if (clock() - readAt > than) await read()
  }
  const imports = (name: string, jwk: () => JWK): Promise<CryptoKey> => {
    const known = imported.get(name) ?? (importJWK(jwk(), signingAlgorithm) as Promise<CryptoKey>)
    imported.set(name, known)
    return known
  }

  await read()
  return {
    async current() {
      await readIfOlder(rereadAfter)
      const own = keys.filter((key) => canOpen(serviceKey, key))
      const chosen = own.find(({ age }) => age >= signsAfter) ?? own.at(-1)!
      const jwk = (): JWK => JSON.parse(serviceKey.open(chosen.privateKey, chosen.id)!)
      return { id: chosen.id, key: await imports(`private ${chosen.id}`, jwk) }
    },
    async verifying(id) {
      await readIfOlder(keys.some((key) => key.id === id) ? rereadAfter : rereadUnknownAfter)
      const found = keys.find((key) => key.id === id)
      return found && (await imports(`public ${id}`, () => found.publicKey))
    },
    async published() {
      await readIfOlder(rereadAfter)
      return { keys: keys.map(({ id, publicKey }) => ({ ...publicKey, kid: id, alg: signingAlgorithm, use: 'sig' })) }
    },
    async rotate(dropOthers) {
      await addKey(database, serviceKey, dropOthers ? 'instead of others' : 'beside others')
      await read()
    },
  }
}

const canOpen = (serviceKey: ServiceKey, key: StoredKey): boolean =>
  serviceKey.open(key.privateKey, key.id) !== undefined

/** Newest first. */
async function storedKeys(database: Queryable): Promise<StoredKey[]> {
  return await database.query<StoredKey>(
    `SELECT id, public_key AS "publicKey", private_key AS "privateKey", extract(epoch FROM now() - created)::float8 AS age
     FROM token_key ORDER BY created DESC, id`,
  )
}

/** `if needed`: not where another replica has just done so. */
async function addKey(
  database: Database,
  serviceKey: ServiceKey,
  how: 'if needed' | 'beside others' | 'instead of others' = 'if needed',
): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true })
  const id = randomUUID()
  const sealed = serviceKey.seal(JSON.stringify(await exportJWK(privateKey)), id)
  const exported = await exportJWK(publicKey)
  await database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock(727)')
    const stored = await storedKeys(transaction)
    if (how === 'if needed' && stored.some((key) => key.age < rotateAfter && canOpen(serviceKey, key))) return
    if (how === 'instead of others') await transaction.query('DELETE FROM token_key')
    else await transaction.query('DELETE FROM token_key WHERE created < now() - make_interval(secs => $1)', [dropAfter])
    await transaction.query('INSERT INTO token_key (id, public_key, private_key) VALUES ($1, $2, $3)', [
      id,
      exported,
      sealed,
    ])
  })
}
