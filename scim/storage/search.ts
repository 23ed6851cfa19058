import { foldText } from '../filter/fold.ts'
import type { Queryable } from './database.ts'

export const userStates = ['licensed', 'waiting', 'none'] as const
export type UserState = (typeof userStates)[number]

export interface UserSummary {
  id: string
  userName: string
  displayName: string | null
  active: boolean
  licence: { type: string; state: UserState }
}

export interface Search {
  state?: UserState
  /** Part of a user name, display name or e-mail address; empty for all. */
  search: string
  offset: number
  limit: number
}

/** What a person is called; identity providers may give the parts of a name only. */
const NAME = `coalesce(r.attrs ->> 'displayName', r.attrs #>> '{name,formatted}',
    nullif(concat_ws(' ', r.attrs #>> '{name,givenName}', r.attrs #>> '{name,familyName}'), ''))`

/** Users by name; those who wait in the order in which they will be given a seat. */
export async function searchUsers(
  database: Queryable,
  tenant: number,
  { state, search, offset, limit }: Search,
): Promise<{ total: number; users: UserSummary[] }> {
  const pattern = search.trim() === '' ? null : `%${foldText(search.trim()).replace(/[\\%_]/g, '\\$&')}%`
  const where = `FROM resource r WHERE r.tenant = $1 AND r.type = 'User' AND ($2::text IS NULL OR r.licence_state = $2)
    AND ($3::text IS NULL OR r.user_name_key LIKE $3 OR lower(${NAME}) LIKE $3 OR EXISTS (
      SELECT 1 FROM attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = 'emails' AND v.value_key LIKE $3))`
  const filters = [tenant, state, pattern]
  const order = state === 'waiting' ? 'r.waiting_since, r.seq' : 'r.user_name_key'
  type Row = Omit<UserSummary, 'licence'> & { type: string; state: UserState }
  const [rows, [count]] = await Promise.all([
    database.query<Row>(
      `SELECT r.id, r.attrs ->> 'userName' AS "userName", ${NAME} AS "displayName", r.active,
         r.licence_type AS type, r.licence_state AS state ${where} ORDER BY ${order} LIMIT $4::int OFFSET $5::int`,
      [...filters, limit, offset],
    ),
    database.query<{ total: number }>(`SELECT count(*) AS total ${where}`, filters),
  ])
  return { total: count!.total, users: rows.map(({ type, state, ...user }) => ({ ...user, licence: { type, state } })) }
}
