import type { Json } from '../filter/match.ts'
import type { MemberDelta } from '../resource/members.ts'
import type { Stored } from '../resource/render.ts'
import type { Registry } from '../schema/registry.ts'
import { insertUser } from './creates.ts'
import type { Queryable } from './database.ts'
import { changedValues, keysOf, valueRows } from './keys.ts'

/** Who writes, where; the actor stands in the audit trail. */
export interface Writer {
  tenant: number
  actor: string
  /** Of the provisioning configuration on whose behalf it is; users that it makes follow its default licence. */
  configuration?: string
  registry: Registry
}

export async function createUser(
  database: Queryable,
  writer: Writer,
  id: string,
  attrs: Json,
  licenceType: string,
): Promise<Stored> {
  const keys = keysOf(attrs)
  const { created, type, state } = await insertUser(database, writer.tenant, {
    id,
    attrs,
    user_name: keys.userName,
    display_name: keys.displayName,
    external_id: keys.externalId,
    active: keys.active,
    configuration: writer.configuration ?? null,
    licence_type: licenceType,
    values: valueRows(writer.registry.User, attrs),
    actor: writer.actor,
  })
  return { id, version: 1, attrs, created, modified: created, licence_type: type, licence_state: state }
}

/** Undefined: somebody else has changed the user since `before` was read. */
export async function updateUser(
  database: Queryable,
  writer: Writer,
  before: Stored,
  attrs: Json,
  changed: string[],
): Promise<Stored | undefined> {
  const keys = keysOf(attrs)
  const values = changedValues(writer.registry.User, before.attrs, attrs)
  const [row] = await database.query<{ r_version: number; r_modified: Date; r_state: string }>(
    'SELECT * FROM update_user($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)',
    [
      writer.tenant,
      before.id,
      before.version,
      attrs,
      keys.userName,
      keys.displayName,
      keys.externalId,
      keys.active,
      values.paths,
      JSON.stringify(values.rows),
      writer.actor,
      changed.join(', '),
    ],
  )
  return row && { ...before, attrs, version: row.r_version, modified: row.r_modified, licence_state: row.r_state }
}

export async function deleteResource(
  database: Queryable,
  writer: Writer,
  type: 'User' | 'Group',
  id: string,
  versions: number[] | undefined,
): Promise<'deleted' | 'absent' | 'changed'> {
  const text = 'SELECT delete_resource($1, $2, $3, $4, $5) AS outcome'
  const rows = await database.query<{ outcome: 'deleted' | 'absent' | 'changed' }>(text, [
    writer.tenant,
    id,
    type,
    versions,
    writer.actor,
  ])
  return rows[0]!.outcome
}

export async function createGroup(
  database: Queryable,
  writer: Writer,
  id: string,
  attrs: Json,
  members: string[],
): Promise<Stored> {
  const keys = keysOf(attrs)
  const [row] = await database.query<{ created: Date }>('SELECT create_group($1, $2, $3, $4, $5, $6, $7) AS created', [
    writer.tenant,
    id,
    attrs,
    keys.displayName,
    keys.externalId,
    members,
    writer.actor,
  ])
  return { id, version: 1, attrs, created: row!.created, modified: row!.created }
}

export type GroupOutcome = { outcome: 'written' | 'unchanged' | 'absent' | 'changed'; version: number }

/** `attrs` undefined: they stay as they are, so `versions` may be left out too and concurrent member changes all succeed. */
export async function updateGroup(
  database: Queryable,
  writer: Writer,
  id: string,
  versions: number[] | undefined,
  attrs: Json | undefined,
  delta: MemberDelta,
  changed: string[],
): Promise<GroupOutcome> {
  const keys = keysOf(attrs ?? {})
  const [row] = await database.query<{ r_outcome: GroupOutcome['outcome']; r_version: number }>(
    'SELECT * FROM update_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
    [
      writer.tenant,
      id,
      versions,
      attrs,
      keys.displayName,
      keys.externalId,
      delta.clear,
      delta.add,
      delta.remove,
      writer.actor,
      changed.join(', '),
    ],
  )
  return { outcome: row!.r_outcome, version: row!.r_version }
}
