import type { Json } from '../filter/match.ts'
import type { LicenceType, PoolType } from '../tenant/licence-types.ts'

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
  licence: LicenceView
  /** Those it is a direct member of; `gives` is the type of licence that a group, or one it is in, gives its members. */
  groups: { id: string; displayName: string; gives: PoolType | null }[]
}

export interface LicenceView {
  type: LicenceType
  state: UserState
  /** The type that the user's configuration gives; `configuration` is its name, null once it is deleted. */
  base: LicenceType | null
  configuration: string | null
  /** The type of the seat it has: none, or a lower one, while it waits. */
  held: PoolType | null
  /** Both null unless the user waits: since when, and how many are given a seat of this type first. */
  waitingSince: Date | null
  ahead: number | null
}

export interface GroupView extends ResourceView {
  /** What the group itself gives its members; null: what their configuration does. */
  licence: PoolType | null
}

const columns = 'r.id, r.attrs AS attributes, r.version, r.created, r.modified'

export async function inspectUser(database: Queryable, tenant: number, id: string): Promise<UserView | undefined> {
  const [row] = await database.query<Omit<UserView, 'licence'> & LicenceView>(
    `SELECT ${columns}, r.active, r.licence_type AS type, r.licence_state AS state, r.base_licence AS base,
       r.licence_held AS held, r.waiting_since AS "waitingSince",
       (SELECT c.name FROM configuration c WHERE c.tenant = r.tenant AND c.id = r.configuration) AS configuration,
       CASE WHEN r.licence_state = 'waiting' THEN (SELECT count(*) FROM resource w
         WHERE w.tenant = r.tenant AND w.licence_type = r.licence_type AND w.licence_state = 'waiting'
           AND (w.waiting_since, w.seq) < (r.waiting_since, r.seq)) END AS ahead,
       (SELECT coalesce(json_agg(json_build_object('id', g.id, 'displayName', g.attrs -> 'displayName',
           'gives', (ARRAY['readOnly', 'concurrent', 'named'])[l.rank]) ORDER BY g.display_name_key), '[]')
         FROM membership m JOIN resource g ON g.tenant = m.tenant AND g.id = m.group_id
           LEFT JOIN licensed_groups($1) l ON l.id = g.id
         WHERE m.tenant = r.tenant AND m.member_id = r.id) AS groups
     FROM resource r WHERE r.tenant = $1 AND r.id = $2 AND r.type = 'User'`,
    [tenant, id],
  )
  if (!row) return undefined
  const { type, state, base, configuration, held, waitingSince, ahead, ...user } = row
  return { ...user, licence: { type, state, base, configuration, held, waitingSince, ahead } }
}

export async function inspectGroup(database: Queryable, tenant: number, id: string): Promise<GroupView | undefined> {
  const [row] = await database.query<GroupView>(
    `SELECT ${columns}, (SELECT type FROM group_licence l WHERE l.tenant = r.tenant AND l.group_id = r.id) AS licence
     FROM resource r WHERE r.tenant = $1 AND r.id = $2 AND r.type = 'Group'`,
    [tenant, id],
  )
  return row
}
