import type { Json } from '../filter/match.ts'
import type { Queryable } from './database.ts'
import type { UserState } from './search.ts'

/** One resource as an administrator looks at it. */
export interface ResourceView {
  id: string
  attributes: Json
  version: number
  created: Date
  modified: Date
}

export interface UserView extends ResourceView {
  active: boolean
  licence: {
    type: string
    state: UserState
    /** Both null unless the user waits: since when, and how many are given a seat of this type first. */
    waitingSince: Date | null
    ahead: number | null
  }
  groups: { id: string; displayName: string }[]
}

const columns = 'r.id, r.attrs AS attributes, r.version, r.created, r.modified'

export async function inspectUser(database: Queryable, tenant: number, id: string): Promise<UserView | undefined> {
  type Row = ResourceView & UserView['licence'] & Pick<UserView, 'active' | 'groups'>
  const [row] = await database.query<Row>(
    `SELECT ${columns}, r.active, r.licence_type AS type, r.licence_state AS state, r.waiting_since AS "waitingSince",
       CASE WHEN r.licence_state = 'waiting' THEN (SELECT count(*) FROM resource w
         WHERE w.tenant = r.tenant AND w.licence_type = r.licence_type AND w.licence_state = 'waiting'
           AND (w.waiting_since, w.seq) < (r.waiting_since, r.seq)) END AS ahead,
       (SELECT coalesce(json_agg(json_build_object('id', g.id, 'displayName', g.attrs -> 'displayName')
         ORDER BY g.display_name_key), '[]') FROM membership m JOIN resource g ON g.tenant = m.tenant AND g.id = m.group_id
         WHERE m.tenant = r.tenant AND m.member_id = r.id) AS groups
     FROM resource r WHERE r.tenant = $1 AND r.id = $2 AND r.type = 'User'`,
    [tenant, id],
  )
  if (!row) return undefined
  const { type, state, waitingSince, ahead, ...user } = row
  return { ...user, licence: { type, state, waitingSince, ahead } }
}

export async function inspectGroup(database: Queryable, tenant: number, id: string): Promise<ResourceView | undefined> {
  const text = `SELECT ${columns} FROM resource r WHERE r.tenant = $1 AND r.id = $2 AND r.type = 'Group'`
  return (await database.query<ResourceView>(text, [tenant, id]))[0]
}
