import type { Database } from './database.ts'

/** Small enough to end well within the time limit of statements, and not to hold up others. */
const rowsAtOnce = 2_000

/** A tenant that is being deleted has a name that no request can name. */
export const deletedTenants = "name LIKE '~%'"

/**
 * Deletes a tenant with all it holds. It cannot be found, and its clients are refused, from the first statement on; the rows
 * go in small steps. What a stopped process has left is gone after the next `removeDeletedTenants`. False: there is none of that name.
 */
export async function deleteTenant(database: Database, name: string): Promise<boolean> {
  const hidden = await database.transaction(async (transaction) => {
    const rows = await transaction.query<{ id: number }>(
      `UPDATE tenant SET name = '~' || id WHERE name = $1 RETURNING id`,
      [name],
    )
    for (const { id } of rows) await transaction.query('DELETE FROM configuration WHERE tenant = $1', [id])
    return rows
  })
  await removeDeletedTenants(database)
  return hidden.length > 0
}

/** Finishes deletions that were begun, by this process or by another. */
export async function removeDeletedTenants(database: Database): Promise<void> {
  const tenants = await database.query<{ id: number }>(`SELECT id FROM tenant WHERE ${deletedTenants}`)
  for (const { id } of tenants) {
    for (const table of ['membership', 'attr_value', 'audit', 'resource']) await empty(database, table, id)
    await database.query('DELETE FROM resource_count WHERE tenant = $1', [id])
    await database.query('DELETE FROM tenant WHERE id = $1', [id])
  }
}

/** `ctid` is where a row is stored: the cheapest way to name any thousand rows. */
async function empty(database: Database, table: string, tenant: number): Promise<void> {
  const text = `WITH gone AS (
      DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE tenant = $1 LIMIT ${rowsAtOnce})) RETURNING 1
    ) SELECT count(*) AS n FROM gone`
  for (let left = true; left; ) {
    const [row] = await database.query<{ n: number }>(text, [tenant])
    left = row!.n > 0
  }
}
