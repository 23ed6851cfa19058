import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Database } from '../storage/database.ts'
import { migrate } from '../storage/migrate.ts'
import { openTestDatabase } from '../testing/database.ts'
import { serviceKey } from './service-key.ts'
import { openSigningKeys } from './signing-keys.ts'

const ours = serviceKey('the key of the service')

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
}, 60_000)
afterAll(() => database.close())
beforeEach(() => database.query('DELETE FROM token_key'))

const grow = (days: number) =>
  database.query('UPDATE token_key SET created = created - make_interval(secs => $1)', [days * 86_400])
const count = async (): Promise<number> => (await database.query('SELECT 1 FROM token_key')).length

test('replicas that start together agree on one key, and keep it over restarts', async () => {
  const replicas = await Promise.all([1, 2, 3].map(() => openSigningKeys(database, ours)))
  const ids = await Promise.all(replicas.map(async (keys) => (await keys.current()).id))
  expect(new Set(ids).size).toBe(1)
  expect((await (await openSigningKeys(database, ours)).current()).id).toBe(ids[0])
})

test('a new key signs after a minute, when every replica has read it; the old still verifies', async () => {
  const clock = { now: 0 }
  const keys = await openSigningKeys(database, ours, () => clock.now)
  const other = await openSigningKeys(database, ours, () => clock.now)
  await grow(10)
  const first = (await keys.current()).id
  await keys.rotate(false)
  expect((await keys.current()).id).toBe(first)
  await grow(0.001)
  clock.now += 15_001
  const second = (await keys.current()).id
  expect(second).not.toBe(first)
  expect(await other.verifying(second)).toBeDefined()
  expect(await other.verifying(first)).toBeDefined()
})

test('keys are replaced after 90 days by themselves, and dropped when no token can be left', async () => {
  await openSigningKeys(database, ours)
  await grow(89)
  const old = (await (await openSigningKeys(database, ours)).current()).id
  await grow(2)
  const keys = await openSigningKeys(database, ours)
  expect(await count()).toBe(2)
  expect(await keys.verifying(old)).toBeDefined()
  await grow(91)
  const later = await openSigningKeys(database, ours)
  expect(await later.verifying(old)).toBeUndefined()
})

test('a replica whose service key is another signs by a key of its own, and verifies what the others sign', async () => {
  const before = await openSigningKeys(database, ours)
  const signedBefore = (await before.current()).id
  const after = await openSigningKeys(database, serviceKey('another key'))
  const signedAfter = (await after.current()).id
  expect(signedAfter).not.toBe(signedBefore)
  expect(await after.verifying(signedBefore)).toBeDefined()
})

test('unknown key ids make the database be read once a second at most', async () => {
  const clock = { now: 0 }
  let reads = 0
  const counted: Database = {
    ...database,
    query: (text, parameters) => {
      reads++
      return database.query(text, parameters)
    },
  }
  const keys = await openSigningKeys(counted, ours, () => clock.now)
  reads = 0
  for (let forged = 0; forged < 5; forged++) await keys.verifying(`forged-${forged}`)
  expect(reads).toBe(0)
  clock.now += 1_001
  await keys.verifying('forged')
  expect(reads).toBe(1)
})
