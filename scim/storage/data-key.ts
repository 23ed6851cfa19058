import type { Queryable } from './database.ts'

/** The key that all replicas share, as only a key in a vault can open it. */
export interface WrappedKey {
  wrapped: string
  /** The address of the vault's key that wrapped it, with its version. */
  wrappedBy: string
}

export async function findDataKey(database: Queryable): Promise<WrappedKey | undefined> {
  const [found] = await database.query<WrappedKey>('SELECT wrapped, wrapped_by AS "wrappedBy" FROM data_key')
  return found
}

/** Keeps it, unless another replica has kept one just before; gives the one that is kept. */
export async function keepDataKey(database: Queryable, made: WrappedKey): Promise<WrappedKey> {
  await database.query('INSERT INTO data_key (wrapped, wrapped_by) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    made.wrapped,
    made.wrappedBy,
  ])
  return (await findDataKey(database))!
}
