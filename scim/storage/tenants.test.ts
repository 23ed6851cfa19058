import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestDatabase } from '../testing/database.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { deleteTenant } from './tenant-deletion.ts'
import { findTenant, listTenants, putTenant } from './tenants.ts'
import { trimAudit } from './upkeep.ts'
import { createGroup, createUser, deleteResource, updateGroup, updateUser } from './writes.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
}, 60_000)
afterAll(() => database.close())

async function newTenant(name: string) {
  await putTenant(database, name, { licences: { named: 1 } }, 'test')
  const tenant = (await findTenant(database, name))!
  return { tenant: tenant.id, actor: 'test', registry: tenant.registry }
}

const rowsOf = async (tenant: number): Promise<string[]> => {
  const tables = ['licence_pool', 'resource', 'resource_count', 'attr_value', 'membership', 'audit', 'group_licence']
  const texts = tables.map(
    (table) => `SELECT '${table} ' || to_jsonb(x)::text AS row FROM ${table} x WHERE tenant = $1`,
  )
  return (await database.query<{ row: string }>(`${texts.join(' UNION ALL ')} ORDER BY 1`, [tenant])).map(
    ({ row }) => row,
  )
}

test('no write through one tenant touches rows of another, though both hold the same ids', async () => {
  const [mine, theirs] = [await newTenant('mine'), await newTenant('theirs')]
  const ids = Array.from({ length: 4 }, () => randomUUID()) as [string, string, string, string]
  const attrs = (index: number) => ({ userName: `u${index}`, emails: [{ type: 'work', value: `u${index}@x` }] })
  const made = []
  for (const writer of [mine, theirs]) {
    for (const index of [0, 1, 2]) made.push(await createUser(database, writer, ids[index]!, attrs(index), 'named'))
    await createGroup(database, writer, ids[3], { displayName: 'g' }, [ids[0], ids[1]])
    await database.query('SELECT set_group_licence($1, $2, $3, $4)', [writer.tenant, ids[3], 'concurrent', 'test'])
  }
  const before = await rowsOf(theirs.tenant)
  expect(before.length).toBeGreaterThan(15)

  await updateUser(database, mine, made[2]!, { userName: 'u2', active: false }, ['active'])
  await updateGroup(database, mine, ids[3], undefined, undefined, { clear: true, add: [ids[2]], remove: [] }, [])
  await database.query('SELECT set_group_licence($1, $2, $3, $4)', [mine.tenant, ids[3], null, 'test'])
  await deleteResource(database, mine, 'User', ids[0], undefined)
  await deleteResource(database, mine, 'Group', ids[3], undefined)
  await putTenant(database, 'mine', { licences: { named: 5 } }, 'test')
  await deleteTenant(database, 'mine')

  expect(await rowsOf(theirs.tenant)).toEqual(before)
  expect(await rowsOf(mine.tenant)).toEqual([])
  expect((await listTenants(database)).map(({ name }) => name)).toEqual(['theirs'])
  expect(await deleteTenant(database, 'mine')).toBe(false)
})

test('audit rows older than they are kept are trimmed, in steps, and no others', async () => {
  const { tenant } = await newTenant('audited')
  await database.query(
    `INSERT INTO audit (tenant, at, actor, action, subject)
     SELECT $1, now() - make_interval(days => n / 10), 'test', 'seen', n::text FROM generate_series(3000, 0, -1) n`,
    [tenant],
  )
  await trimAudit(database, 30)
  const [row] = await database.query<{ n: number; oldest: number }>(
    "SELECT count(*) AS n, max(subject::int) AS oldest FROM audit WHERE tenant = $1 AND action = 'seen'",
    [tenant],
  )
  expect(row).toEqual({ n: 300, oldest: 299 })
})
