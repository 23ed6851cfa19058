import type { Filter } from '../filter/ast.ts'
import { compileFilter, Parameters } from '../filter/compile.ts'
import { planFilter } from '../filter/plan.ts'
import type { Projection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import type { Queryable } from './database.ts'

const groupsOfUser = `(SELECT json_agg(json_build_object('value', g.id, 'display', g.attrs -> 'displayName') ORDER BY g.seq)
  FROM membership m JOIN resource g ON g.tenant = m.tenant AND g.id = m.group_id
  WHERE m.tenant = r.tenant AND m.member_id = r.id) AS groups`
const membersOfGroup = `(SELECT json_agg(json_build_object('value', u.id, 'type', m.member_type, 'display',
    coalesce(u.attrs -> 'displayName', u.attrs -> 'userName')) ORDER BY u.seq)
  FROM membership m JOIN resource u ON u.tenant = m.tenant AND u.id = m.member_id
  WHERE m.tenant = r.tenant AND m.group_id = r.id) AS members`

/** Memberships are read only where they are asked for. */
function columns(type: ResourceType, projection: Projection): string {
  const own = 'r.id, r.version, r.attrs, r.created, r.modified, r.licence_type, r.licence_state'
  if (type.name === 'User') return projection.wants('groups') ? `${own}, ${groupsOfUser}` : own
  return projection.wants('members') ? `${own}, ${membersOfGroup}` : own
}

export async function readResourceRow(
  database: Queryable,
  tenant: number,
  type: ResourceType,
  id: string,
  projection: Projection,
): Promise<Stored | undefined> {
  const text = `SELECT ${columns(type, projection)} FROM resource r WHERE r.tenant = $1 AND r.id = $2 AND r.type = '${type.name}'`
  return (await database.query<Stored>(text, [tenant, id]))[0]
}

export interface Page {
  /** How many come before it. */
  offset: number
  limit: number
}

/** One page of the resources that match, in order of creation, and how many match in all. */
export async function listResources(
  database: Queryable,
  tenant: number,
  type: ResourceType,
  filter: Filter | undefined,
  projection: Projection,
  page: Page,
): Promise<{ rows: Stored[]; total: number }> {
  const parameters = new Parameters()
  const conditions = [`r.tenant = ${parameters.bind(tenant)}::int AND r.type = '${type.name}'`]
  if (filter) conditions.push(compileFilter(type, planFilter(type, filter), parameters))
  const where = conditions.join(' AND ')
  const counting = [...parameters.values]
  const limit = `LIMIT ${parameters.bind(page.limit)}::int OFFSET ${parameters.bind(page.offset)}::int`
  const rows =
    page.limit === 0
      ? []
      : await database.query<Stored>(
          `SELECT ${columns(type, projection)} FROM resource r WHERE ${where} ORDER BY r.seq ${limit}`,
          parameters.values,
        )
  const complete = rows.length < page.limit && (rows.length > 0 || page.offset === 0)
  if (complete) return { rows, total: page.offset + rows.length }
  const [count] = await database.query<{ total: number }>(
    `SELECT count(*) AS total FROM resource r WHERE ${where}`,
    counting,
  )
  return { rows, total: count!.total }
}
