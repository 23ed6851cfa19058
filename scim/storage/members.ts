import type { Queryable } from './database.ts'

export interface MemberRow {
  value: string
  type: 'User' | 'Group'
  display: string
  isMember: boolean
}

/** The members of a group, and those of `others` that exist. */
export async function readMembers(
  database: Queryable,
  tenant: number,
  group: string,
  others: string[],
): Promise<MemberRow[]> {
  return await database.query<MemberRow>(
    `SELECT u.id AS value, u.type, coalesce(u.attrs ->> 'displayName', u.attrs ->> 'userName') AS display,
       m.member_id IS NOT NULL AS "isMember"
     FROM resource u LEFT JOIN membership m ON m.tenant = u.tenant AND m.group_id = $2 AND m.member_id = u.id
     WHERE u.tenant = $1 AND (u.id = ANY ($3) OR u.id IN (
       SELECT member_id FROM membership WHERE tenant = $1 AND group_id = $2))`,
    [tenant, group, others],
  )
}
