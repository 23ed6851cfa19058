import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseFilter } from '../filter/parse.ts'
import { planFilter } from '../filter/plan.ts'
import { readProjection } from '../resource/projection.ts'
import { customExtensions } from '../schema/custom.ts'
import { registryOf } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { Database } from './database.ts'
import { countSelected } from './lists.ts'
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

const extensionWith = (...names: string[]) =>
  customExtensions.parse([
    {
      resourceType: 'User',
      schema: {
        id: 'urn:example:badges',
        name: 'Badges',
        attributes: ['badge', 'desk'].map((name) => ({
          name,
          type: 'string',
          ...(names.includes(name) && { uniqueness: 'server' }),
        })),
      },
    },
  ])

test('an attribute can be declared unique as long as no two users share a value (U11)', async () => {
  const declare = (...names: string[]) =>
    putTenant(database, 'unique', { settings: { extensions: extensionWith(...names) } }, 'test')
  const writer = async () => {
    const { id, registry } = (await findTenant(database, 'unique'))!
    return { tenant: id, actor: 'test', registry }
  }
  const create = async (userName: string, badge: string) =>
    createUser(database, await writer(), randomUUID(), { userName, 'urn:example:badges': { badge, desk: 'd' } }, 'none')
  const found = async (filter: string): Promise<number> => {
    const { tenant: number, registry } = await writer()
    const plan = planFilter(registry.User, parseFilter(filter))
    return await countSelected(database, {
      tenant: number,
      base: '',
      parts: [{ type: registry.User, plan, projection: readProjection(registry.User) }],
    })
  }
  await declare()
  await create('one', 'A')
  await create('two', 'B')
  await declare('badge')
  expect(await found('urn:example:badges:badge eq "a"')).toBe(1)
  await expect(create('three', 'b')).rejects.toMatchObject({ constraint: 'attr_value_unique' })
  await create('three', 'c')
  await expect(declare('desk')).rejects.toMatchObject({ constraint: 'attr_value_unique' })
  expect((await writer()).registry.User.extensions.at(-1)!.attributes[0]!.uniqueness).toBe('server')
  await declare()
  await create('four', 'C')
  expect(await found('urn:example:badges:badge eq "c"')).toBe(2)
})
