import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readProjection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import type { LicenceType, PoolType } from '../tenant/licence-types.ts'
import { openTestDatabase } from '../testing/database.ts'
import { contradictions } from '../testing/invariants.ts'
import { createConfiguration } from './configurations.ts'
import type { Database, Queryable } from './database.ts'
import { setDefaultLicence, setGroupLicence } from './licences.ts'
import { migrate } from './migrate.ts'
import { readResourceRow } from './resources.ts'
import { deleteTenant } from './tenant-deletion.ts'
import { findTenant, type Licences, putTenant, type Tenant } from './tenants.ts'
import { tellWaiting } from './upkeep.ts'
import { createGroup, createUser, deleteResource, updateGroup, updateUser, type Writer } from './writes.ts'

let database: Database
/** In transactions of their own, which are not tried again when they deadlock. */
const once: Queryable = {
  query: (text, parameters) => database.transaction((transaction) => transaction.query(text, parameters)),
}
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
}, 60_000)
afterAll(() => database.close())

/** What somebody can do in a tenant of its own, with users and groups by their names. */
async function tenantWith(licences: Partial<Licences>, defaultLicence: LicenceType = 'readOnly') {
  const name = `t${randomUUID().slice(0, 8)}`
  await putTenant(database, name, { licences }, 'test')
  const tenant = (await findTenant(database, name)) as Tenant
  const { id: configuration } = await createConfiguration(
    database,
    { tenant: tenant.id, actor: 'test' },
    { name: 'c', defaultLicence },
  )
  const writer: Writer = { tenant: tenant.id, actor: 'test', configuration, registry: tenant.registry }
  const ids = new Map<string, string>()
  const idOf = (name: string): string => ids.get(name) ?? randomUUID()
  const read = (name: string): Promise<Stored | undefined> =>
    readResourceRow(database, tenant.id, tenant.registry.User, idOf(name), readProjection(tenant.registry.User))
  const move = (group: string, add: string[], remove: string[] = [], clear = false) => {
    const delta = { clear, add: add.map(idOf), remove: remove.map(idOf) }
    return updateGroup(once, writer, idOf(group), undefined, undefined, delta, [])
  }
  return {
    tenant,
    async user(userName: string, active = true) {
      const id = randomUUID()
      await createUser(once, writer, id, { userName, active }, 'none')
      ids.set(userName, id)
    },
    async group(displayName: string, members: string[] = []) {
      const id = randomUUID()
      await createGroup(once, writer, id, { displayName }, members.map(idOf))
      ids.set(displayName, id)
    },
    async activate(userName: string, active: boolean) {
      const before = await read(userName)
      if (before) await updateUser(once, writer, before, { ...before.attrs, active }, ['active'])
    },
    add: (group: string, ...members: string[]) => move(group, members),
    remove: (group: string, ...members: string[]) => move(group, [], members),
    replace: (group: string, ...members: string[]) => move(group, members, [], true),
    remain: (names: string[]) => names.filter((name) => ids.has(name)),
    deleteUser: (name: string) => deleteResource(once, writer, 'User', idOf(name), undefined),
    deleteGroup: (name: string) => deleteResource(once, writer, 'Group', idOf(name), undefined),
    seats: (licences: Partial<Licences>) => putTenant(database, name, { licences }, 'test'),
    license: (group: string, type: PoolType | null) => setGroupLicence(database, writer, idOf(group), type),
    byDefault: (type: LicenceType) =>
      database.transaction((transaction) => setDefaultLicence(transaction, writer, configuration, type)),
    /** `anna: named`, `bert: named waiting on readOnly`, in the order in which they were made. */
    async licences() {
      type Row = { name: string; type: string; state: string; held: string | null }
      const rows = await database.query<Row>(
        `SELECT attrs ->> 'userName' AS name, licence_type AS type, licence_state AS state, licence_held AS held
         FROM resource WHERE tenant = $1 AND type = 'User' ORDER BY seq`,
        [tenant.id],
      )
      const textOf = ({ type, state, held }: Row): string =>
        state === 'licensed' ? type : state === 'none' ? 'none' : `${type} waiting on ${held ?? 'nothing'}`
      return Object.fromEntries(rows.map((row) => [row.name, textOf(row)]))
    },
    audit: async (action: string) =>
      (
        await database.query<{ text: string }>(
          `SELECT subject || ': ' || changed AS text FROM audit WHERE tenant = $1 AND action = $2 ORDER BY seq`,
          [tenant.id, action],
        )
      ).map(({ text }) => text),
  }
}

afterEach(async () => expect(await contradictions(database)).toEqual([]))

test('a group raises the licence of its members, direct and nested, and lowers it when they leave', async () => {
  const t = await tenantWith({})
  for (const name of ['anna', 'bert', 'cleo']) await t.user(name)
  await t.group('inner', ['bert'])
  await t.group('outer', ['anna', 'inner'])
  expect(await t.license('outer', 'named')).toBe(true)
  expect(await t.licences()).toEqual({ anna: 'named', bert: 'named', cleo: 'readOnly' })
  await t.add('inner', 'cleo')
  await t.remove('outer', 'anna')
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'named', cleo: 'named' })
  await t.license('inner', 'concurrent')
  await t.remove('outer', 'inner')
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'concurrent', cleo: 'concurrent' })
  await t.deleteGroup('inner')
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'readOnly', cleo: 'readOnly' })
  expect(await t.license('inner', 'named')).toBe(false)
})

test('the higher of two groups counts, and a group never lowers', async () => {
  const t = await tenantWith({}, 'concurrent')
  await t.user('anna')
  await t.group('low', ['anna'])
  await t.group('high', ['anna'])
  await t.license('low', 'readOnly')
  expect(await t.licences()).toEqual({ anna: 'concurrent' })
  await t.license('high', 'named')
  expect(await t.licences()).toEqual({ anna: 'named' })
  await t.license('high', null)
  expect(await t.licences()).toEqual({ anna: 'concurrent' })
  expect(await t.audit('group licence changed')).toEqual([
    'low: default → readOnly',
    'high: default → named',
    'high: named → default',
  ])
})

test('who is raised beyond the seats keeps the seat held until promoted, which frees it for the next (L3)', async () => {
  const t = await tenantWith({ named: 1, readOnly: 2 })
  for (const name of ['anna', 'bert', 'cleo']) await t.user(name)
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'readOnly', cleo: 'readOnly waiting on nothing' })
  await t.group('g', ['anna', 'bert'])
  await t.license('g', 'named')
  expect(await t.licences()).toEqual({ anna: 'named', bert: 'named waiting on readOnly', cleo: 'readOnly' })
  await t.seats({ readOnly: 1 })
  await t.user('dora')
  await t.deleteUser('anna')
  expect(await t.licences()).toEqual({ bert: 'named', cleo: 'readOnly', dora: 'readOnly waiting on nothing' })
  expect(await t.audit('licence given')).toEqual(['cleo: readOnly', 'bert: named'])
})

test('a lower licence frees the seat at once, for who has waited longest', async () => {
  const t = await tenantWith({ named: 1 }, 'none')
  for (const name of ['anna', 'bert', 'cleo']) await t.user(name)
  await t.group('g', ['cleo'])
  await t.license('g', 'named')
  await t.add('g', 'anna')
  await t.add('g', 'bert')
  expect(await t.licences()).toEqual({
    anna: 'named waiting on nothing',
    bert: 'named waiting on nothing',
    cleo: 'named',
  })
  await t.replace('g', 'anna', 'bert')
  expect(await t.licences()).toEqual({ anna: 'named', bert: 'named waiting on nothing', cleo: 'none' })
  expect(await t.audit('licence changed')).toEqual([
    'cleo: none → named',
    'anna: none → named, waiting',
    'bert: none → named, waiting',
    'cleo: named → none',
  ])
})

test('the default of the configuration is that of the users it has made, by order of making where seats are few', async () => {
  const t = await tenantWith({ concurrent: 2 })
  for (const name of ['anna', 'bert', 'cleo']) await t.user(name)
  await t.user('dora', false)
  await t.byDefault('concurrent')
  expect(await t.licences()).toEqual({
    anna: 'concurrent',
    bert: 'concurrent',
    cleo: 'concurrent waiting on readOnly',
    dora: 'none',
  })
  await t.activate('dora', true)
  await t.byDefault('readOnly')
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'readOnly', cleo: 'readOnly', dora: 'readOnly' })
})

test('those who are raised together are promoted in the order of their making', async () => {
  const t = await tenantWith({ named: 0 })
  const names = ['anna', 'bert', 'cleo', 'dora', 'egon']
  for (const name of names) await t.user(name)
  await t.group('g', [...names].reverse())
  await t.license('g', 'named')
  for (const named of [1, 2, 3, 4, 5]) await t.seats({ named })
  expect(await t.audit('licence given')).toEqual(names.map((name) => `${name}: named`))
})

test('a change of seats is audited, and a pool without limit again gives all who wait a seat (L5, L6)', async () => {
  const t = await tenantWith({ readOnly: 0 })
  for (const name of ['anna', 'bert', 'cleo']) await t.user(name)
  await t.seats({ readOnly: 2 })
  await t.seats({ readOnly: 0 })
  expect(await t.licences()).toEqual({ anna: 'readOnly', bert: 'readOnly', cleo: 'readOnly waiting on nothing' })
  await t.seats({ readOnly: null })
  expect(await t.audit('licence given')).toEqual(['anna: readOnly', 'bert: readOnly', 'cleo: readOnly'])
  expect(await t.audit('seats changed')).toEqual([
    'readOnly: no limit → 0',
    'readOnly: 0 → 2',
    'readOnly: 2 → 0',
    'readOnly: 0 → no limit',
  ])
})

const user = fc.constantFrom('u0', 'u1', 'u2', 'u3', 'u4', 'u5')
const group = fc.constantFrom('g0', 'g1', 'g2', 'g3')
const seats = fc.option(fc.nat({ max: 3 }))
type Actor = Awaited<ReturnType<typeof tenantWith>>
const step = fc.oneof(
  fc.tuple(user, fc.boolean()).map(
    ([name, active]) =>
      (t: Actor) =>
        t.user(name, active),
  ),
  fc.tuple(user, fc.boolean()).map(
    ([name, active]) =>
      (t: Actor) =>
        t.activate(name, active),
  ),
  user.map((name) => (t: Actor) => t.deleteUser(name)),
  group.map((name) => (t: Actor) => t.group(name)),
  group.map((name) => (t: Actor) => t.deleteGroup(name)),
  ...(['add', 'remove', 'replace'] as const).map((kind) =>
    fc.tuple(group, fc.array(fc.oneof(user, group), { maxLength: 4 })).map(
      ([name, members]) =>
        (t: Actor) =>
          t[kind](name, ...t.remain([...new Set(members)])),
    ),
  ),
  fc.tuple(group, fc.constantFrom('named', 'concurrent', 'readOnly', null)).map(
    ([name, type]) =>
      (t: Actor) =>
        t.license(name, type),
  ),
  fc.constantFrom('named', 'concurrent', 'readOnly', 'none').map((type) => (t: Actor) => t.byDefault(type)),
  fc.record({ named: seats, concurrent: seats, readOnly: seats }).map((licences) => (t: Actor) => t.seats(licences)),
)
const expected = new Set(['23505', 'SC001'])

test('whatever changes at once, every user has the licence and the seat that the rules give, and nothing deadlocks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
      const t = await tenantWith({ named: 1, concurrent: 1, readOnly: 2 })
      for (const round of rounds) {
        const outcomes = await Promise.allSettled(round.map((each) => each(t)))
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected' && !expected.has(outcome.reason.code)) throw outcome.reason
        }
      }
      expect(await contradictions(database)).toEqual([])
      await deleteTenant(database, t.tenant.name)
    }),
    { numRuns: 40 },
  )
}, 120_000)

test('each pool that users wait for is told in the log, with how many', async () => {
  const { tenant, user } = await tenantWith({ named: 1, concurrent: 5 }, 'named')
  for (const name of ['first', 'second', 'third']) await user(name)
  const lines: unknown[][] = []
  await tellWaiting(database, { warn: (...line: unknown[]) => void lines.push(line) })
  const ours = lines.filter(([pool]) => (pool as { tenant: string }).tenant === tenant.name)
  expect(ours).toEqual([[{ tenant: tenant.name, type: 'named', waiting: 2 }, 'users wait for a licence']])
})
