import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { registryOf } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import { brokenConstraint, type Database } from './database.ts'
import { migrate } from './migrate.ts'
import { findTenant, putTenant } from './tenants.ts'
import { createUser } from './writes.ts'

let database: Database
let tenant: number
let name = 0
/** Statements that the service sends. */
let sent: string[] = []

beforeAll(async () => {
  const opened = await openTestDatabase()
  database = {
    ...opened,
    query: (text, parameters) => {
      sent.push(text)
      return opened.query(text, parameters)
    },
  }
  await migrate(database)
  // Tells each statement that writes users, and each version of a row that all of them share.
  await database.script(`
    CREATE TABLE written (what text);
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO written VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
    CREATE TRIGGER noted AFTER INSERT ON resource FOR EACH STATEMENT EXECUTE FUNCTION note_write();
    CREATE TRIGGER noted AFTER UPDATE ON licence_pool FOR EACH ROW EXECUTE FUNCTION note_write();
    CREATE TRIGGER noted AFTER INSERT OR UPDATE ON resource_count FOR EACH ROW EXECUTE FUNCTION note_write();`)
}, 60_000)
afterAll(() => database.close())

beforeEach(async () => {
  await putTenant(database, `t${++name}`, {}, 'test')
  tenant = (await findTenant(database, `t${name}`))!.id
  await database.query("UPDATE licence_pool SET seats = 3 WHERE tenant = $1 AND type = 'named'", [tenant])
  await database.query('DELETE FROM written')
  sent = []
})

const create = (userName: string, licence = 'named', active = true) =>
  createUser(
    database,
    { tenant, actor: userName, registry: registryOf([]) },
    randomUUID(),
    { userName, active, emails: [{ type: 'work', value: `${userName}@x` }] },
    licence,
  )
const states = (outcomes: Awaited<ReturnType<typeof create>>[]) => outcomes.map((each) => each.licence_state)
const names = (text: string) =>
  database.query<{ name: string }>(text, [tenant]).then((rows) => rows.map((row) => row.name))

test('users made at once cost one statement, and one version of each row that they share', async () => {
  await Promise.all(Array.from({ length: 24 }, (_, n) => create(`u${n}`)))
  expect(sent).toEqual(['SELECT * FROM add_users($1, $2)'])
  expect(await database.query('SELECT what FROM written ORDER BY what')).toEqual([
    { what: 'licence_pool' },
    { what: 'resource' },
    { what: 'resource_count' },
  ])
})

test('they are made, audited and seated in the order in which they were asked for, and counted', async () => {
  const made = await Promise.all([
    create('a'),
    create('b', 'concurrent'),
    create('c', 'named', false),
    create('d'),
    create('e', 'none'),
    create('f'),
    create('g'),
    create('h'),
  ])
  expect(states(made)).toEqual(['licensed', 'licensed', 'none', 'licensed', 'none', 'licensed', 'waiting', 'waiting'])
  const inOrder = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  expect(await names("SELECT attrs ->> 'userName' AS name FROM resource WHERE tenant = $1 ORDER BY seq")).toEqual(
    inOrder,
  )
  expect(
    await names("SELECT subject AS name FROM audit WHERE tenant = $1 AND action = 'user created' ORDER BY seq"),
  ).toEqual(inOrder)
  expect(await names('SELECT value_key AS name FROM attr_value WHERE tenant = $1 ORDER BY value_key')).toEqual(
    inOrder.map((each) => `${each}@x`),
  )
  const pools = 'SELECT type, used FROM licence_pool WHERE tenant = $1 AND used > 0 ORDER BY type'
  expect(await database.query(pools, [tenant])).toEqual([
    { type: 'concurrent', used: 1 },
    { type: 'named', used: 3 },
  ])
  await database.query("SELECT set_seats($1, 'named', 4, 'test'), promote_all($1, 'test')", [tenant])
  expect(
    await names("SELECT attrs ->> 'userName' AS name FROM resource WHERE tenant = $1 AND licence_state = 'waiting'"),
  ).toEqual(['h'])
})

test('a name that is taken, also by one beside it, fails its user alone, who takes no seat', async () => {
  await create('taken')
  const made = await Promise.allSettled(['taken', 'a', 'A', 'b', 'c'].map((each) => create(each)))
  expect(made.map((each) => (each.status === 'fulfilled' ? each.value.licence_state : each.reason.constraint))).toEqual(
    ['resource_user_name', 'licensed', 'resource_user_name', 'licensed', 'waiting'],
  )
  expect(sent).toHaveLength(2)
  const alone = await create('b').catch((error) => error)
  expect(brokenConstraint(alone)).toBe('resource_user_name')
  expect(await names("SELECT attrs ->> 'userName' AS name FROM resource WHERE tenant = $1 ORDER BY seq")).toEqual([
    'taken',
    'a',
    'b',
    'c',
  ])
})
