import type { Json } from '../filter/match.ts'
import { type IndexedAttribute, indexedAttributes } from '../filter/sql/indexed.ts'
import type { ResourceType } from '../schema/model.ts'
import type { Queryable } from './database.ts'
import { valueRows } from './keys.ts'
import type { Tenant } from './tenants.ts'

const rowsAtOnce = 1_000

/**
 * Indexes what users have of attributes that are declared unique from now on, and forgets what is unique no longer. Throws
 * the broken constraint `attr_value_unique` where two have the same.
 */
export async function indexUniqueValues(database: Queryable, tenant: Tenant, type: ResourceType): Promise<void> {
  const [before, after] = [uniqueOf(tenant.registry.User), uniqueOf(type)]
  const isIn = (list: IndexedAttribute[], one: IndexedAttribute): boolean =>
    list.some(({ path, attribute }) => path === one.path && attribute.caseExact === one.attribute.caseExact)
  const gone = before.filter((each) => !isIn(after, each)).map(({ path }) => path)
  const added = after.filter((each) => !isIn(before, each)).map(({ path }) => path)
  if (gone.length > 0) {
    await database.query('DELETE FROM attr_value WHERE tenant = $1 AND path = ANY ($2::text[])', [tenant.id, gone])
  }
  if (added.length > 0) await indexAll(database, tenant.id, type, added)
}

const uniqueOf = (type: ResourceType): IndexedAttribute[] => indexedAttributes(type).filter(({ unique }) => unique)

async function indexAll(database: Queryable, tenant: number, type: ResourceType, paths: string[]): Promise<void> {
  type Row = { id: string; seq: number; attrs: Json }
  for (let last = 0, rows: Row[] = []; ; last = rows.at(-1)!.seq) {
    rows = await database.query<Row>(
      `SELECT id, seq, attrs FROM resource WHERE tenant = $1 AND type = 'User' AND seq > $2 ORDER BY seq LIMIT ${rowsAtOnce}`,
      [tenant, last],
    )
    const values = rows
      .map(({ id, attrs }) => ({ id, rows: valueRows(type, attrs).filter(({ path }) => paths.includes(path)) }))
      .filter((each) => each.rows.length > 0)
    await database.query(
      `SELECT put_values($1, v.id, v.rows) FROM jsonb_to_recordset($2::jsonb) AS v(id uuid, rows jsonb)`,
      [tenant, JSON.stringify(values)],
    )
    if (rows.length < rowsAtOnce) return
  }
}
