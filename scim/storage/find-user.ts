import type { Queryable } from './database.ts'

/** The user with an id, or else with a folded user name. */
export async function findUser(
  database: Queryable,
  tenant: number,
  id: string,
  userNameKey: string,
): Promise<string | undefined> {
  const [row] = await database.query<{ id: string }>(
    `SELECT id FROM resource WHERE tenant = $1 AND type = 'User' AND (id = $2::uuid OR user_name_key = $3)
     ORDER BY id = $2::uuid DESC LIMIT 1`,
    [tenant, id, userNameKey],
  )
  return row?.id
}
