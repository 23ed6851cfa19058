import type { Projection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import { enterpriseSchema } from '../schema/extensions.ts'
import type { ResourceType } from '../schema/model.ts'
import type { Queryable } from './database.ts'

/** What other rows hold of a row `r` of one type. */
const derived = {
  groups: {
    of: 'User',
    sql: `SELECT json_agg(json_build_object('value', g.id, 'display', g.attrs -> 'displayName',
        'type', CASE WHEN a.direct THEN 'direct' ELSE 'indirect' END) ORDER BY g.seq)
      FROM groups_of(r.tenant, r.id) a JOIN resource g ON g.tenant = r.tenant AND g.id = a.id`,
    column: 'groups',
  },
  manager: {
    of: 'User',
    sql: `SELECT u.attrs ->> 'displayName' FROM resource u WHERE u.tenant = r.tenant AND u.type = 'User'
      AND u.id = try_uuid(r.attrs #>> '{${enterpriseSchema.id},manager,value}')`,
    column: 'manager_name',
  },
  members: {
    of: 'Group',
    sql: `SELECT json_agg(json_build_object('value', u.id, 'type', m.member_type,
        'display', coalesce(u.attrs -> 'displayName', u.attrs -> 'userName')) ORDER BY u.seq)
      FROM membership m JOIN resource u ON u.tenant = m.tenant AND u.id = m.member_id
      WHERE m.tenant = r.tenant AND m.group_id = r.id`,
    column: 'members',
  },
}

/** The columns of `Stored` for a row `r`; what other rows hold is read only where it is asked for. */
export function columns(parts: { type: ResourceType; projection: Projection }[]): string {
  const own = 'r.id, r.type, r.seq, r.version, r.attrs, r.created, r.modified, r.licence_type, r.licence_state'
  const more = Object.entries(derived)
    .filter(([name, { of }]) => parts.some(({ type, projection }) => type.name === of && projection.wants(name)))
    .map(([, { of, sql, column }]) => `CASE WHEN r.type = '${of}' THEN (${sql}) END AS ${column}`)
  return [own, ...more].join(', ')
}

export async function readResourceRow(
  database: Queryable,
  tenant: number,
  type: ResourceType,
  id: string,
  projection: Projection,
): Promise<Stored | undefined> {
  const text = `SELECT ${columns([{ type, projection }])} FROM resource r
    WHERE r.tenant = $1 AND r.id = $2 AND r.type = '${type.name}'`
  return (await database.query<Stored>(text, [tenant, id]))[0]
}
