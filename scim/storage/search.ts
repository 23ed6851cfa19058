import { foldText } from '../filter/fold.ts'
import type { LicenceType } from './configurations.ts'
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
  type?: LicenceType
  active?: boolean
  /** Part of a user name, display name or e-mail address; empty for all. */
  search: string
  offset: number
  limit: number
}

/** What a person is called, in SQL; identity providers may give the parts of a name only. */
export const personName = (
  row: string,
): string => `coalesce(${row}.attrs ->> 'displayName', ${row}.attrs #>> '{name,formatted}',
    nullif(concat_ws(' ', ${row}.attrs #>> '{name,givenName}', ${row}.attrs #>> '{name,familyName}'), ''))`

/** A LIKE pattern for texts that are folded, with `search` anywhere in them; null for all. */
export function patternOf(search: string): string | null {
  const text = foldText(search.trim())
  return text === '' ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Users by name; those who wait in the order in which they will be given a seat. */
export async function searchUsers(
  database: Queryable,
  tenant: number,
  { state, type, active, search, offset, limit }: Search,
): Promise<{ total: number; users: UserSummary[] }> {
  const where = `FROM resource r WHERE r.tenant = $1 AND r.type = 'User' AND ($2::text IS NULL OR r.licence_state = $2)
    AND ($3::text IS NULL OR r.user_name_key LIKE $3 OR lower(${personName('r')}) LIKE $3 OR EXISTS (
      SELECT 1 FROM attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = 'emails' AND v.value_key LIKE $3))
    AND ($4::text IS NULL OR r.licence_type = $4) AND ($5::boolean IS NULL OR r.active = $5)`
  const filters = [tenant, state, patternOf(search), type, active]
  const order = state === 'waiting' ? 'r.waiting_since, r.seq' : 'r.user_name_key'
  type Row = Omit<UserSummary, 'licence'> & { type: string; state: UserState }
  const [rows, [count]] = await Promise.all([
    database.query<Row>(
      `SELECT r.id, r.attrs ->> 'userName' AS "userName", ${personName('r')} AS "displayName", r.active,
         r.licence_type AS type, r.licence_state AS state ${where} ORDER BY ${order} LIMIT $6::int OFFSET $7::int`,
      [...filters, limit, offset],
    ),
    database.query<{ total: number }>(`SELECT count(*) AS total ${where}`, filters),
  ])
  return { total: count!.total, users: rows.map(({ type, state, ...user }) => ({ ...user, licence: { type, state } })) }
}
