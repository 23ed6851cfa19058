import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../filter/match.ts'
import { readProjection } from '../resource/projection.ts'
import { openTestDatabase } from '../testing/database.ts'
import { contradictions } from '../testing/invariants.ts'
import { brokenConstraint, type Database, DatabaseError } from './database.ts'
import { setGroupLicence } from './licences.ts'
import { migrate } from './migrate.ts'
import { readResourceRow } from './resources.ts'
import { deleteTenant } from './tenant-deletion.ts'
import { findTenant, putTenant, type Tenant } from './tenants.ts'
import { createGroup, createUser, deleteResource, updateGroup, updateUser, type Writer } from './writes.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
}, 60_000)
afterAll(() => database.close())

/** Few of each, so that writes meet: of users and groups the slot says which one, whether or not it exists by now. */
const slot = fc.nat({ max: 5 })
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const user = fc.record({
  userName: name,
  active: fc.boolean(),
  emails: fc.array(fc.record({ type: fc.constantFrom('work', 'home'), value: name }), { maxLength: 2 }),
})
const write = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    slot,
    user,
    licence: fc.constantFrom('named', 'concurrent', 'none'),
  }),
  fc.record({ kind: fc.constant('update' as const), slot, user }),
  fc.record({ kind: fc.constant('delete' as const), slot }),
  fc.record({ kind: fc.constant('createGroup' as const), slot, name, add: fc.array(slot) }),
  fc.record({
    kind: fc.constant('updateGroup' as const),
    slot,
    clear: fc.boolean(),
    add: fc.array(slot),
    remove: fc.array(slot),
  }),
  fc.record({ kind: fc.constant('deleteGroup' as const), slot }),
  fc.record({
    kind: fc.constant('groupLicence' as const),
    slot,
    type: fc.option(fc.constantFrom('named', 'concurrent', 'readOnly')),
  }),
  fc.record({ kind: fc.constant('seats' as const), seats: fc.option(fc.nat({ max: 4 })) }),
)
type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never

test('whatever is written, at once and in turn, nothing in the database contradicts itself', async () => {
  let tenants = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(write, { maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
      const tenant = `random${++tenants}`
      await putTenant(database, tenant, { licences: { named: 2, concurrent: 1 } }, 'test')
      const found = (await findTenant(database, tenant))!
      const users: string[] = []
      const groups: string[] = []
      for (const round of rounds) await Promise.all(round.map((each) => perform(found, users, groups, each)))
      expect(await contradictions(database)).toEqual([])
      expect(await deleteTenant(database, tenant)).toBe(true)
      expect(await rowsLeft()).toEqual([])
    }),
    { numRuns: 40 },
  )
}, 120_000)

const tables = [
  'tenant',
  'licence_pool',
  'resource',
  'resource_count',
  'attr_value',
  'membership',
  'audit',
  'configuration',
]
const rowsLeft = async () =>
  await database.query<{ name: string }>(
    tables.map((name) => `SELECT '${name}' AS name FROM ${name}`).join(' UNION ALL '),
  )

async function perform(tenant: Tenant, users: string[], groups: string[], write: Write): Promise<void> {
  const writer: Writer = { tenant: tenant.id, actor: 'test', registry: tenant.registry }
  const fresh = (slots: string[], slot: number): string => {
    slots[slot] = randomUUID()
    return slots[slot]
  }
  const existing = (slots: number[]): string[] => [...new Set(slots.flatMap((slot) => users[slot] ?? []))]
  try {
    switch (write.kind) {
      case 'create':
        await createUser(database, writer, fresh(users, write.slot), write.user as unknown as Json, write.licence)
        break
      case 'update': {
        const id = users[write.slot]
        const before = id && (await readResourceRow(database, tenant.id, tenant.registry.User, id, projection(tenant)))
        if (before) await updateUser(database, writer, before, write.user as unknown as Json, ['some'])
        break
      }
      case 'delete':
        if (users[write.slot]) await deleteResource(database, writer, 'User', users[write.slot]!, undefined)
        break
      case 'createGroup':
        await createGroup(database, writer, fresh(groups, write.slot), { displayName: write.name }, existing(write.add))
        break
      case 'updateGroup': {
        const delta = { clear: write.clear, add: existing(write.add), remove: existing(write.remove) }
        if (groups[write.slot])
          await updateGroup(database, writer, groups[write.slot]!, undefined, undefined, delta, [])
        break
      }
      case 'deleteGroup':
        if (groups[write.slot]) await deleteResource(database, writer, 'Group', groups[write.slot]!, undefined)
        break
      case 'groupLicence':
        if (groups[write.slot]) await setGroupLicence(database, writer, groups[write.slot]!, write.type)
        break
      case 'seats':
        await putTenant(database, tenant.name, { licences: { named: write.seats } }, 'test')
    }
  } catch (error) {
    const unknownMember = error instanceof DatabaseError && error.code === 'SC001'
    if (!brokenConstraint(error) && !unknownMember) throw error
  }
}

const projection = (tenant: Tenant) => readProjection(tenant.registry.User)
