import type { Database, Queryable } from '../storage/database.ts'
import { type Header, type Row, TransferError, tables } from './format.ts'

const pageSize = 1_000

/**
 * The lines of a tenant's file, as it is at one moment, without the ends of lines. The memory it takes does not depend on the
 * tenant's size. Throws `TransferError` if there is no such tenant.
 */
export async function exportTenant(
  database: Database,
  name: string,
  write: (line: string) => Promise<void>,
): Promise<Record<string, number>> {
  return await database.transaction(async (transaction) => {
    await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const [found] = await transaction.query<{ id: number; tenant: Header['tenant'] }>(
      `SELECT id, json_build_object('name', name, 'display_name', display_name, 'created', created, 'settings', settings)
         AS tenant FROM tenant WHERE name = $1`,
      [name],
    )
    if (!found) throw new TransferError(`There is no tenant ${JSON.stringify(name)} in this database`)
    const header: Header = {
      format: 'entrada-scim-tenant',
      version: 1,
      exported: new Date().toISOString(),
      tenant: found.tenant,
    }
    await write(JSON.stringify(header))
    const counts: Record<string, number> = {}
    for (const table of Object.keys(tables)) {
      counts[table] = 0
      for await (const row of rowsOf(transaction, table, found.id)) {
        await write(JSON.stringify({ [table]: row }))
        counts[table]++
      }
    }
    await write(JSON.stringify({ end: counts }))
    return counts
  })
}

async function* rowsOf(database: Queryable, name: string, tenant: number): AsyncGenerator<Row> {
  const { columns, order, through } = tables[name]!
  const of = (row: string, names: string[]): string => names.map((column) => `${row}.${column}`).join(', ')
  const keys = of('x', order)
  const owner = through ? `x.${through} IN (SELECT id FROM ${through} WHERE tenant = $1)` : 'x.tenant = $1'
  const page = (condition: string): string => `SELECT row_to_json(picked) AS row, json_build_array(${keys}) AS key
    FROM ${name} x CROSS JOIN LATERAL (SELECT ${of('x', columns)}) picked
    WHERE ${owner} ${condition} ORDER BY ${keys} LIMIT ${pageSize}`
  const after = `AND (${keys}) > (SELECT ${of('k', order)} FROM jsonb_populate_record(NULL::${name}, $2) k)`
  type Page = { row: Row; key: unknown[] }[]
  let rows: Page = await database.query(page(''), [tenant])
  for (;;) {
    for (const { row } of rows) yield row
    if (rows.length < pageSize) return
    const last = Object.fromEntries(order.map((column, index) => [column, rows.at(-1)!.key[index]]))
    rows = await database.query(page(after), [tenant, last])
  }
}
