import type { Json } from '../filter/match.ts'
import { type Registry, registryOf } from '../schema/registry.ts'
import { brokenConstraint, type Database, DatabaseError, type Queryable } from '../storage/database.ts'
import { keysOf, type ValueRow, valueRows } from '../storage/keys.ts'
import { completeSettings } from '../tenant/settings.ts'
import { type Header, type Row, TransferError, tables } from './format.ts'

const batchSize = 500

/**
 * Makes a tenant from the lines of its file, all of it or, whatever goes wrong, nothing; so it can be run again. A tenant of that
 * name must not exist, or have no users and groups: then it is replaced. Throws `TransferError`.
 * @returns how many rows of each table there are
 */
export async function importTenant(
  database: Database,
  lines: AsyncIterable<string>,
  name?: string,
): Promise<Record<string, number>> {
  try {
    const counts = await database.transaction((transaction) => importInto(transaction, lines, name))
    // The planner would go on taking the tables for as small as they were.
    await database.query('ANALYZE resource, attr_value, membership')
    return counts
  } catch (error) {
    throw explain(error)
  }
}

/** SQLSTATE classes 22 and 23 are about the content. */
function explain(error: unknown): unknown {
  const constraint = brokenConstraint(error)
  if (constraint) {
    return new TransferError(
      `Rows of the file are in this database already (${constraint}): is the tenant here under another name?`,
    )
  }
  const isContent = error instanceof DatabaseError && /^2[23]/.test(error.code)
  return isContent ? new TransferError(`The file is damaged: ${error.message}`) : error
}

async function importInto(
  database: Queryable,
  lines: AsyncIterable<string>,
  name: string | undefined,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(Object.keys(tables).map((table) => [table, 0]))
  let target: Target | undefined
  let batch: { table: string; rows: Row[] } = { table: '', rows: [] }
  let ended = false
  let number = 0
  const flush = async (): Promise<void> => {
    if (batch.rows.length > 0) await insert(database, target!, batch.table, batch.rows)
    batch = { table: batch.table, rows: [] }
  }
  for await (const line of lines) {
    number++
    if (line === '') continue
    const content = parse(line, number)
    if (!target) {
      target = await makeTenant(database, headerOf(content), name)
    } else if ('end' in content) {
      requireCounts(counts, content.end as Record<string, number>)
      ended = true
    } else {
      const [table] = Object.keys(content)
      if (ended || !table || !tables[table]) throw new TransferError(`Line ${number} is not of a tenant's file`)
      if (table !== batch.table || batch.rows.length === batchSize) await flush()
      batch.table = table
      batch.rows.push(content[table] as Row)
      counts[table]!++
    }
  }
  if (!ended) throw new TransferError(`The file ends after ${number} lines in the middle of the tenant: it was cut off`)
  await flush()
  await continueSequence(database, target!)
  return counts
}

interface Target {
  tenant: number
  registry: Registry
}

async function makeTenant(database: Queryable, { tenant }: Header, name = tenant.name): Promise<Target> {
  const [existing] = await database.query<{ id: number; used: boolean }>(
    'SELECT id, EXISTS (SELECT 1 FROM resource r WHERE r.tenant = t.id) AS used FROM tenant t WHERE name = $1 FOR UPDATE',
    [name],
  )
  if (existing?.used) {
    throw new TransferError(
      `Tenant ${JSON.stringify(name)} exists and has users or groups. Delete it first, or name another with --tenant.`,
    )
  }
  if (existing) {
    for (const table of ['audit', 'resource_count'])
      await database.query(`DELETE FROM ${table} WHERE tenant = $1`, [existing.id])
    await database.query('DELETE FROM tenant WHERE id = $1', [existing.id])
  }
  const [made] = await database.query<{ id: number }>(
    'INSERT INTO tenant (name, display_name, created, settings) VALUES ($1, $2, $3::timestamptz, $4) RETURNING id',
    [name, tenant.display_name, tenant.created, tenant.settings],
  )
  return { tenant: made!.id, registry: registryOf(completeSettings(tenant.settings).extensions) }
}

async function insert(database: Queryable, target: Target, table: string, rows: Row[]): Promise<void> {
  if (table !== 'resource') return await insertRows(database, target, table, tables[table]!.columns, rows)
  const keys = ['user_name_key', 'display_name_key', 'external_id', 'active']
  await insertRows(database, target, table, [...tables.resource!.columns, ...keys], rows.map(withKeys))
  const values = rows.flatMap((row) =>
    row.type === 'User'
      ? valueRows(target.registry.User, row.attrs as Json).map((value) => ({ resource: row.id, ...named(value) }))
      : [],
  )
  const columns = ['resource', 'path', 'element_no', 'type_key', 'value_key', 'is_primary', 'is_unique']
  await insertRows(database, target, 'attr_value', columns, values)
}

function withKeys(row: Row): Row {
  const { userName, displayName, externalId, active } = keysOf(row.attrs as Json)
  const isUser = row.type === 'User'
  return {
    ...row,
    user_name_key: isUser ? userName : null,
    display_name_key: displayName,
    external_id: externalId,
    active: isUser ? active : null,
  }
}

/** Resources keep the numbers that they are ordered by; those made from now on come after them. */
async function continueSequence(database: Queryable, { tenant }: Target): Promise<void> {
  const sequence = "pg_get_serial_sequence('resource', 'seq')"
  await database.query(
    `SELECT setval(${sequence}, last) FROM (SELECT max(seq) AS last FROM resource WHERE tenant = $1) AS numbers
     WHERE last > nextval(${sequence})`,
    [tenant],
  )
}

const named = ({ path, no, type, value, prime, uniq }: ValueRow): Row => ({
  path,
  element_no: no,
  type_key: type,
  value_key: value,
  is_primary: prime,
  is_unique: uniq,
})

async function insertRows(
  database: Queryable,
  { tenant }: Target,
  table: string,
  columns: string[],
  rows: Row[],
): Promise<void> {
  const list = columns.join(', ')
  const [ownerColumn, owner] = tables[table]?.through ? ['', ''] : ['tenant, ', `${tenant}, `]
  await database.query(
    `INSERT INTO ${table} (${ownerColumn}${list}) OVERRIDING SYSTEM VALUE SELECT ${owner}${list} FROM jsonb_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

function parse(line: string, number: number): Row {
  try {
    const content: unknown = JSON.parse(line)
    if (typeof content === 'object' && content !== null) return content as Row
  } catch {}
  throw new TransferError(`Line ${number} is not a JSON object: the file is damaged`)
}

function headerOf(content: Row): Header {
  const header = content as unknown as Header
  if (header.format === 'entrada-scim-tenant' && header.version === 1) return header
  throw new TransferError('This is not the file of a tenant, or one of a newer version: its first line says what it is')
}

function requireCounts(counts: Record<string, number>, expected: Record<string, number>): void {
  const differing = Object.keys(counts).filter((table) => counts[table] !== (expected[table] ?? 0))
  if (differing.length === 0) return
  throw new TransferError(`The file is damaged: it has lost or gained rows of ${differing.join(', ')}`)
}
