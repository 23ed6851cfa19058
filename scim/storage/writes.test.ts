import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { registryOf } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { findTenant, putTenant } from './tenants.ts'
import { createUser, deleteResource, updateUser } from './writes.ts'

let database: Database
let tenant: number
beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  await putTenant(database, 'test', {}, 'test')
  tenant = (await findTenant(database, 'test'))!.id
}, 60_000)
afterAll(() => database.close())

test('the values that a user is looked up by follow each change and go with the user', async () => {
  const writer = { tenant, actor: 'test', registry: registryOf([]) }
  const id = randomUUID()
  const values = async () =>
    (
      await database.query<{ value: string }>(
        "SELECT path || ' ' || value_key AS value FROM attr_value WHERE resource = $1 ORDER BY 1",
        [id],
      )
    ).map((row) => row.value)
  const email = (value: string) => ({ emails: [{ type: 'work', value }] })
  const attrs = { userName: 'looked-up', ...email('a@x'), phoneNumbers: [{ type: 'work', value: '1' }] }
  const created = await createUser(database, writer, id, attrs, 'none')
  expect(await values()).toEqual(['emails a@x', 'phoneNumbers 1'])
  const moved = await updateUser(database, writer, created, { ...attrs, ...email('b@x') }, ['emails'])
  expect(await values()).toEqual(['emails b@x', 'phoneNumbers 1'])
  await updateUser(database, writer, moved!, { userName: 'looked-up', ...email('b@x') }, ['phoneNumbers'])
  expect(await values()).toEqual(['emails b@x'])
  await deleteResource(database, writer, 'User', id, undefined)
  expect(await values()).toEqual([])
})
