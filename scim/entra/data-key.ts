import { randomBytes } from 'node:crypto'
import { findDataKey, keepDataKey } from '../storage/data-key.ts'
import type { Queryable } from '../storage/database.ts'
import type { VaultKey } from './key-vault.ts'

/** The secret that all replicas encrypt and sign by: made at the first start, and kept in the database as the vault has wrapped it. */
export async function dataKey(database: Queryable, vault: VaultKey): Promise<string> {
  const kept = (await findDataKey(database)) ?? (await keepDataKey(database, await vault.wrap(randomBytes(32))))
  return (await vault.unwrap(kept)).toString('base64url')
}
