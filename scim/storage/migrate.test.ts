import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { openTestDatabase } from '../testing/database.ts'
import { describeOnPostgres } from '../testing/on-postgres.ts'
import { startPostgres, type TestServer } from '../testing/postgres.ts'
import type { Database, Parameter } from './database.ts'
import { functionsText, functionsVersion, hashOf, migrate, TooNewDatabase } from './migrate.ts'
import { openPostgres } from './postgres.ts'

let database: Database
beforeAll(async () => {
  database = await openTestDatabase()
}, 60_000)
beforeEach(() => migrate(database))
afterAll(() => database.close())

const applied = async (): Promise<Record<string, string>> => {
  const rows = await database.query<{ name: string; hash: string }>('SELECT name, hash FROM applied')
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))
}
const foldedBy = async (): Promise<string> => {
  const [row] = await database.query<{ source: string }>(
    `SELECT prosrc AS source FROM pg_proc WHERE proname = 'fold_text'`,
  )
  return row!.source
}

test('a later start has nothing to do', async () => {
  expect(await migrate(database)).toEqual([])
})

test('what a later version has migrated is served, and left as it is', async () => {
  const own = await foldedBy()
  const later = own.replace(/^/, '-- of a later version\n')
  const [row] = await database.query<{ text: string }>(
    `SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = 'fold_text'`,
  )
  await database.script(`${row!.text.replace(own, () => later)};`)
  await database.query(`UPDATE applied SET hash = $1 WHERE name = 'functions'`, [`${functionsVersion + 1} abc`])
  await database.query(`INSERT INTO applied VALUES ('999-later.sql', 'abc')`)
  expect(await migrate(database)).toEqual([])
  expect(await foldedBy()).toBe(later)

  await database.query(`DELETE FROM applied WHERE name = '999-later.sql'`)

  await database.query(`UPDATE applied SET hash = '${functionsVersion - 1} abc' WHERE name = 'functions'`)
  expect(await migrate(database)).toEqual(['functions'])
  expect(await foldedBy()).toBe(own)
})

test('a replica that is overtaken by a later version puts nothing back', async () => {
  await database.query(`UPDATE applied SET hash = '${functionsVersion + 1} abc' WHERE name = 'functions'`)
  const before: Database = {
    ...database,
    async query<Row>(text: string, parameters?: Parameter[]) {
      const rows = await database.query<Row & { name?: string }>(text, parameters)
      return rows.filter(({ name }) => name !== 'functions')
    },
  }
  expect(await migrate(before)).toEqual([])
  expect((await applied()).functions).toBe(`${functionsVersion + 1} abc`)
})

test('functions of a version that told no number are replaced', async () => {
  await database.query(`UPDATE applied SET hash = $1 WHERE name = 'functions'`, ['0'.repeat(64)])
  expect(await migrate(database)).toEqual(['functions'])
  expect((await applied()).functions).toBe(`${functionsVersion} ${hashOf(await functionsText())}`)
})

test('a change that this version cannot go on with is refused, with its name', async () => {
  await database.query(`INSERT INTO applied VALUES ('999-later.sql', 'breaking abc')`)
  await expect(migrate(database)).rejects.toBeInstanceOf(TooNewDatabase)
  await expect(migrate(database)).rejects.toThrow(/999-later\.sql\. Start that version/)
  await database.query(`DELETE FROM applied WHERE name = '999-later.sql'`)
})

test('a script may take as long as it needs', async () => {
  await database.script(`CREATE TABLE limits AS SELECT current_setting('statement_timeout') AS statement;`)
  expect(await database.query('SELECT statement FROM limits')).toEqual([{ statement: '0' }])
})

test('a change of the functions raises their version: write it and the new hash here', async () => {
  expect([functionsVersion, hashOf(await functionsText())]).toEqual([
    2,
    '3f77dd4db4d64d3bb5ad06fd664c84c54685d2f2268ba52b22808e98e84bee8f',
  ])
})

describeOnPostgres('replicas that start at once', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.remove())

  test('take each step once', async () => {
    const url = await server.freshDatabase()
    const replicas = await Promise.all([1, 2, 3].map(() => openPostgres(url)))
    const done = (await Promise.all(replicas.map((replica) => migrate(replica)))).flat()
    const tables = done.filter((name) => name !== 'functions')
    expect(new Set(tables).size).toBe(tables.length)
    const rows = await replicas[0]!.query<{ name: string }>(`SELECT name FROM applied WHERE name <> 'functions'`)
    expect(tables.sort()).toEqual(rows.map(({ name }) => name).sort())
    await Promise.all(replicas.map((replica) => replica.close()))
  })

  test('may be a role that makes no tables, once the database is migrated', async () => {
    const url = new URL(await server.freshDatabase())
    const owner = await openPostgres(url.href)
    await migrate(owner)
    await owner.script('CREATE ROLE writer LOGIN; GRANT SELECT ON applied TO writer;')
    url.username = 'writer'
    const writer = await openPostgres(url.href)
    expect(await migrate(writer)).toEqual([])
    await Promise.all([owner.close(), writer.close()])
  })
})
