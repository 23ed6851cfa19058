import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseFilter } from '../filter/parse.ts'
import { planFilter } from '../filter/plan.ts'
import { sortTarget } from '../filter/sql/sort.ts'
import { readProjection } from '../resource/projection.ts'
import { type Registry, registryOf } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import { base, custom, extensions, licence } from '../testing/population.ts'
import type { Database, Parameter, Queryable } from './database.ts'
import { countSelected, listAfter, listFrom, type Selection } from './lists.ts'
import { migrate } from './migrate.ts'
import { putTenant } from './tenants.ts'

/** Enough that reading all of a table is dearer than an index; the values are those that the key columns have. */
const many = `
  INSERT INTO resource (tenant, id, type, attrs, user_name_key, display_name_key, external_id)
    SELECT 1, gen_random_uuid(), 'User', '{}', 'user' || i, 'display' || i, 'external' || i FROM generate_series(1, 3000) i;
  INSERT INTO resource (tenant, id, type, attrs, display_name_key)
    SELECT 1, gen_random_uuid(), 'Group', '{}', 'group' || i FROM generate_series(1, 300) i;
  INSERT INTO attr_value (tenant, resource, path, element_no, type_key, value_key)
    SELECT 1, id, path, 0, 'work', user_name_key FROM resource, unnest(ARRAY['emails', 'phoneNumbers', 'manager']) path
    WHERE type = 'User';
  INSERT INTO membership (tenant, group_id, member_id, member_type)
    SELECT 1, g.id, u.id, 'User' FROM resource g JOIN resource u ON u.seq % 300 = g.seq % 300
    WHERE g.type = 'Group' AND u.type = 'User';
  ANALYZE resource, attr_value, membership;`

const registry: Registry = registryOf(extensions)
let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  await putTenant(database, 'plans', {}, 'test')
  await database.script(many)
}, 60_000)
afterAll(() => database.close())

function selectionOf(types: (keyof Omit<Registry, 'types'>)[], filter: string, sortBy?: string): Selection {
  const parts = types.map((name) => ({
    type: registry[name],
    projection: readProjection(registry[name], undefined, 'groups,manager,members'),
    ...(filter && { plan: planFilter(registry[name], parseFilter(filter), 'lenient', registry.types) }),
    ...(sortBy && { sortBy: sortTarget(registry[name], sortBy) }),
  }))
  return { tenant: 1, base, parts, ...(sortBy && { order: 'ascending' }) }
}

/** The plans of all statements that the work would run. */
async function plansOf(work: (database: Queryable) => Promise<unknown>): Promise<string> {
  const lines: string[] = []
  await work({
    async query<Row>(text: string, parameters?: Parameter[]): Promise<Row[]> {
      const rows = await database.query<Record<string, string>>(`EXPLAIN ${text}`, parameters)
      lines.push(...rows.map((row) => row['QUERY PLAN']!))
      return []
    },
  })
  return lines.join('\n')
}

test.each([
  ['User', 'userName eq "a"', 'resource_user_name'],
  ['User', 'userName eq "a" and active eq true', 'resource_user_name'],
  ['User', 'userName sw "a"', 'resource_user_name'],
  ['User', 'displayName eq "a"', 'resource_display_name'],
  ['User', 'externalId eq "a"', 'resource_external_id'],
  ['User', 'id eq "00000000-0000-4000-8000-000000000000"', 'resource_pkey'],
  ['User', 'emails[type eq "work"].value eq "a"', 'attr_value_key'],
  ['User', 'emails.value eq "a"', 'attr_value_key'],
  ['User', 'phoneNumbers[value eq "a"]', 'attr_value_key'],
  ['User', 'manager eq "a"', 'attr_value_key'],
  ['User', 'manager.displayName eq "a"', 'resource_display_name'],
  ['User', `${custom}:badge eq "a"`, 'attr_value_'],
  ['User', `${licence}:state eq "waiting"`, 'resource_waiting'],
  ['Group', 'displayName eq "a"', 'resource_(group|display)_name'],
  ['Group', 'members.value eq "00000000-0000-4000-8000-000000000000"', 'membership_of'],
  ['Group', 'members.display eq "a"', 'resource_display_name'],
] as const)('%s: %s follows index %s, and reads no table whole', async (name, filter, index) => {
  const plan = await plansOf((explaining) => listFrom(explaining, selectionOf([name], filter), 0, 10))
  expect(plan).toMatch(new RegExp(`Scan (using|on) ${index}`))
  expect(plan).not.toContain('Seq Scan')
})

test('both types at once: each by its index', async () => {
  const plan = await plansOf((explaining) =>
    listFrom(explaining, selectionOf(['User', 'Group'], 'userName eq "a"'), 0, 10),
  )
  expect(plan).toContain('resource_user_name')
  expect(plan).not.toContain('Seq Scan')
})

test.each([
  [undefined, 'resource_order'],
  ['userName', 'resource_user_name'],
  ['displayName', 'resource_display_name'],
  ['externalId', 'resource_external_id'],
])('a page in the order of %s goes on where the last one ended, by index %s', async (sortBy, index) => {
  const selection = selectionOf(['User'], '', sortBy)
  const position = { key: sortBy ? 'm' : null, seq: 1_000 }
  const plan = await plansOf((explaining) => listAfter(explaining, selection, position, 10))
  expect(plan).toMatch(new RegExp(`Scan using ${index}`))
  expect(plan).not.toContain('Seq Scan')
})

test('how many there are without a filter is known, not counted', async () => {
  const plan = await plansOf((explaining) => countSelected(explaining, selectionOf(['User'], '')).catch(() => {}))
  expect(plan).not.toMatch(/ on resource /)
})
