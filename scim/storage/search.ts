import { foldText } from '../filter/fold.ts'
import { Parameters } from '../filter/sql/parameters.ts'
import type { LicenceType } from '../tenant/licence-types.ts'

import type { Queryable } from './database.ts'

export const userStates = ['licensed', 'waiting', 'none'] as const
export type UserState = (typeof userStates)[number]

export interface UserSummary {
  id: string
  userName: string
  displayName: string | null
  active: boolean
  licence: { type: LicenceType; state: UserState }
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

const nameParts = (row: string): string =>
  `coalesce(${row}.attrs #>> '{name,formatted}', nullif(concat_ws(' ', ${row}.attrs #>> '{name,givenName}', ${row}.attrs #>> '{name,familyName}'), ''))`

/** What a person is called, in SQL; identity providers may give the parts of a name only. */
export const personName = (row: string): string => `coalesce(${row}.attrs ->> 'displayName', ${nameParts(row)})`

/** A LIKE pattern for texts that are folded, with `search` anywhere in them; undefined for all. */
export function patternOf(search: string): string | undefined {
  const text = foldText(search.trim())
  return text === '' ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** That a row's names match. The key columns come first: reading names out of documents costs most. */
export const namesMatch = (row: string, pattern: string): string =>
  `(${row}.user_name_key LIKE ${pattern} OR ${row}.display_name_key LIKE ${pattern}
    OR ${row}.display_name_key IS NULL AND lower(${nameParts(row)}) LIKE ${pattern})`

/** Users by name; those who wait in the order in which they will be given a seat. */
export async function searchUsers(
  database: Queryable,
  tenant: number,
  { state, type, active, search, offset, limit }: Search,
): Promise<{ total: number; users: UserSummary[] }> {
  const parameters = new Parameters()
  const conditions = [`r.tenant = ${parameters.bind(tenant)} AND r.type = 'User'`]
  if (state) conditions.push(`r.licence_state = ${parameters.bind(state)}`)
  if (type) conditions.push(`r.licence_type = ${parameters.bind(type)}`)
  if (active !== undefined) conditions.push(`r.active = ${parameters.bind(active)}`)
  const pattern = patternOf(search)
  if (pattern) {
    const bound = parameters.bind(pattern)
    conditions.push(`(${namesMatch('r', bound)} OR r.id IN (SELECT v.resource FROM attr_value v
      WHERE v.tenant = $1 AND v.path = 'emails' AND v.value_key LIKE ${bound}))`)
  }
  const where = `FROM resource r WHERE ${conditions.join(' AND ')}`
  const filters = [...parameters.values]
  const page = `LIMIT ${parameters.bind(limit)}::int OFFSET ${parameters.bind(offset)}::int`
  const order = state === 'waiting' ? 'r.waiting_since, r.seq' : 'r.user_name_key'
  type Row = Omit<UserSummary, 'licence'> & { type: LicenceType; state: UserState }
  const [rows, [count]] = await Promise.all([
    database.query<Row>(
      `SELECT r.id, r.attrs ->> 'userName' AS "userName", ${personName('r')} AS "displayName", r.active,
         r.licence_type AS type, r.licence_state AS state ${where} ORDER BY ${order} ${page}`,
      parameters.values,
    ),
    database.query<{ total: number }>(`SELECT count(*) AS total ${where}`, filters),
  ])
  return { total: count!.total, users: rows.map(({ type, state, ...user }) => ({ ...user, licence: { type, state } })) }
}
