import type { Json } from '../filter/match.ts'
import type { Queryable } from './database.ts'

/** A page of what was provisioned, by id; `after` is the last one of the page before. */
export interface ProvisionedPage {
  resources: (Json & { id: string })[]
  /** Null: nothing follows. */
  next: string | null
}

/** Members of groups by their ids; nothing else that the service adds. */
const members = `CASE WHEN r.type = 'Group' THEN jsonb_build_object('members', coalesce(
  (SELECT jsonb_agg(jsonb_build_object('value', m.member_id) ORDER BY m.member_id) FROM membership m
   WHERE m.tenant = r.tenant AND m.group_id = r.id), '[]'::jsonb)) ELSE '{}'::jsonb END`

export async function provisionedPage(
  database: Queryable,
  tenant: number,
  type: 'User' | 'Group',
  after: string | undefined,
  count: number,
): Promise<ProvisionedPage> {
  const rows = await database.query<{ id: string; attributes: Json }>(
    `SELECT r.id, r.attrs || ${members} AS attributes FROM resource r
     WHERE r.tenant = $1 AND r.type = $2 AND ($3::uuid IS NULL OR r.id > $3::uuid) ORDER BY r.id LIMIT $4`,
    [tenant, type, after ?? null, count + 1],
  )
  const shown = rows.slice(0, count)
  return {
    resources: shown.map(({ id, attributes }) => ({ ...attributes, id })),
    next: rows.length > count ? shown.at(-1)!.id : null,
  }
}
