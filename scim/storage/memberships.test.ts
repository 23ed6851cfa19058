import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { MemberDelta } from '../resource/members.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { Database, Queryable } from './database.ts'
import { migrate } from './migrate.ts'
import { findTenant, putTenant } from './tenants.ts'
import { createGroup, updateGroup, type Writer } from './writes.ts'

let database: Database
let writer: Writer
let users: string[]
const small = randomUUID()
const large = randomUUID()

beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  await putTenant(database, 'groups', {}, 'test')
  const tenant = (await findTenant(database, 'groups'))!
  writer = { tenant: tenant.id, actor: 'test', registry: tenant.registry }
  const rows = await database.query<{ id: string }>(
    `INSERT INTO resource (tenant, id, type, attrs, user_name_key, active, base_licence, licence_type, licence_state)
     SELECT $1, gen_random_uuid(), 'User', '{}', n::text, true, 'none', 'none', 'none' FROM generate_series(1, 6000) n RETURNING id`,
    [tenant.id],
  )
  users = rows.map(({ id }) => id)
  await createGroup(database, writer, small, { displayName: 'small' }, users.slice(0, 10))
  await createGroup(database, writer, large, { displayName: 'large' }, users.slice(0, 5000))
  await database.script('ANALYZE;')
}, 60_000)
afterAll(() => database.close())

/** How many rows of all tables PostgreSQL reads, by index or not, to change a group's members. */
async function rowsRead(group: string, delta: Partial<MemberDelta>): Promise<number> {
  return await database.transaction(async (transaction) => {
    const whole = { clear: false, add: [], remove: [], ...delta }
    const before = await rowsReadSoFar(transaction)
    const { outcome } = await updateGroup(transaction, writer, group, undefined, undefined, whole, [])
    expect(outcome).toBe('written')
    return (await rowsReadSoFar(transaction)) - before
  })
}

/** Also by transactions of the connection that ended within the last second. */
async function rowsReadSoFar(transaction: Queryable): Promise<number> {
  const [row] = await transaction.query<{ n: number }>(
    'SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables',
  )
  return row!.n
}

test('what a membership change reads does not depend on the size of the group', async () => {
  const [first, second] = [users[5998]!, users[5999]!]
  const adding = [await rowsRead(small, { add: [first] }), await rowsRead(large, { add: [second] })]
  const removing = [await rowsRead(small, { remove: [first] }), await rowsRead(large, { remove: [second] })]
  for (const [ofSmall, ofLarge] of [adding, removing] as [number, number][]) {
    expect(ofLarge).toBeLessThan(60)
    expect(Math.abs(ofLarge - ofSmall)).toBeLessThan(10)
  }
})
