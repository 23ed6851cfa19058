import type { PoolType } from '../tenant/licence-types.ts'
import type { Queryable } from './database.ts'
import { namesMatch, patternOf, personName } from './search.ts'

export interface GroupSummary {
  id: string
  displayName: string
  members: number
  /** What it gives its members; null: what their configuration does. */
  licence: PoolType | null
}

export interface MemberSummary {
  id: string
  kind: 'User' | 'Group'
  /** User name of a user, display name of a group. */
  name: string
  displayName: string | null
}

/** Which of them, from which one on, and how many. `search` is part of a name; empty for all. */
export interface Part {
  search: string
  offset: number
  limit: number
}

/** Groups by name. Members are counted for the groups of the page alone. */
export async function searchGroups(
  database: Queryable,
  tenant: number,
  { search, offset, limit }: Part,
): Promise<{ total: number; groups: GroupSummary[] }> {
  const pattern = patternOf(search)
  const where = `FROM resource g WHERE g.tenant = $1 AND g.type = 'Group' ${pattern ? 'AND g.display_name_key LIKE $2' : ''}`
  const filters = pattern ? [tenant, pattern] : [tenant]
  const [groups, [count]] = await Promise.all([
    database.query<GroupSummary>(
      `SELECT page.*, (SELECT count(*) FROM membership m WHERE m.tenant = $1 AND m.group_id = page.id) AS members,
         (SELECT l.type FROM group_licence l WHERE l.tenant = $1 AND l.group_id = page.id) AS licence
       FROM (SELECT g.id, g.attrs ->> 'displayName' AS "displayName" ${where}
         ORDER BY g.display_name_key ${range(filters.length)}) page`,
      [...filters, limit, offset],
    ),
    database.query<{ total: number }>(`SELECT count(*) AS total ${where}`, filters),
  ])
  return { total: count!.total, groups }
}

/** Members by name, users before groups. */
export async function searchMembers(
  database: Queryable,
  tenant: number,
  group: string,
  { search, offset, limit }: Part,
): Promise<{ total: number; members: MemberSummary[] }> {
  const pattern = patternOf(search)
  const all = 'FROM membership m WHERE m.tenant = $1 AND m.group_id = $2'
  const named = `FROM membership m JOIN resource r ON r.tenant = m.tenant AND r.id = m.member_id
    WHERE m.tenant = $1 AND m.group_id = $2 ${pattern ? `AND ${namesMatch('r', '$3')}` : ''}`
  const filters = pattern ? [tenant, group, pattern] : [tenant, group]
  const [members, [count]] = await Promise.all([
    database.query<MemberSummary>(
      `SELECT r.id, r.type AS kind, coalesce(r.attrs ->> 'userName', r.attrs ->> 'displayName') AS name,
         ${personName('r')} AS "displayName" FROM (
           SELECT r.tenant, r.id ${named}
           ORDER BY m.member_type DESC, coalesce(r.user_name_key, r.display_name_key), r.seq ${range(filters.length)}) page
         JOIN resource r ON r.tenant = page.tenant AND r.id = page.id
       ORDER BY r.type DESC, coalesce(r.user_name_key, r.display_name_key), r.seq`,
      [...filters, limit, offset],
    ),
    database.query<{ total: number }>(`SELECT count(*) AS total ${pattern ? named : all}`, filters),
  ])
  return { total: count!.total, members }
}

/** After so many other parameters. */
const range = (before: number): string => `LIMIT $${before + 1}::int OFFSET $${before + 2}::int`
