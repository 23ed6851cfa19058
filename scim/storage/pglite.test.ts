import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokenConstraint, type Database, isUnreachable, preparedStatements, tookTooLong } from './database.ts'
import { openPglite } from './pglite.ts'

let database: Database

beforeAll(async () => {
  database = await openPglite()
  await database.script('CREATE TABLE number (n int PRIMARY KEY);')
}, 60_000)

afterAll(() => database.close())

const insert = (n: number | string) => database.query<{ n: number }>('INSERT INTO number VALUES ($1) RETURNING n', [n])
const stored = async () => (await database.query<{ n: number }>('SELECT n FROM number ORDER BY n')).map((row) => row.n)

test('of statements asked for together only those that cannot be done fail, each with its own reason', async () => {
  const outcomes = await Promise.allSettled([insert(1), insert(2), insert(1), insert('two'), insert(3)])
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ])
  const [, , twice, notANumber] = outcomes.map((outcome) =>
    outcome.status === 'rejected' ? outcome.reason : undefined,
  )
  expect(brokenConstraint(twice)).toBe('number_pkey')
  expect(notANumber).toMatchObject({ code: '22P02' })
  expect(await stored()).toEqual([1, 2, 3])
})

test('each of many statements gets its own rows, also beyond those that are kept prepared', async () => {
  const texts = Array.from({ length: preparedStatements + 100 }, (_, index) => `SELECT ${index} AS n FROM number`)
  const answers = await Promise.all(texts.map((text) => database.query<{ n: number }>(text)))
  expect(answers).toEqual(texts.map((_, n) => [{ n }, { n }, { n }]))
})

test('statements around a transaction that is undone are not undone with it', async () => {
  const undone = database.transaction(async (within) => {
    await within.query('INSERT INTO number VALUES (10)')
    throw new Error('undo')
  })
  const outcomes = await Promise.allSettled([insert(4), undone, insert(5)])
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await stored()).toEqual([1, 2, 3, 4, 5])
})

test('a statement that takes too long is ended and holds up nothing for longer; what was committed stays', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pglite-'))
  const limited = await openPglite(directory, 500)
  await limited.script('CREATE TABLE kept (n int);')
  await limited.query('INSERT INTO kept VALUES (1)')
  let turns = 0
  const timer = setInterval(() => turns++, 20)
  const endless = limited.query('SELECT count(*) FROM generate_series(1, 2000000000) a')
  const inTransaction = limited.transaction(async (within) => {
    await within.query('INSERT INTO kept VALUES (2)')
    await within.query('SELECT 1')
  })
  const outcomes = await Promise.allSettled([endless, inTransaction])
  clearInterval(timer)
  const reasons = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)
  expect(tookTooLong(reasons[0])).toBe(true)
  expect(isUnreachable(reasons[1])).toBe(true)
  expect(turns).toBeGreaterThan(15)
  expect(await limited.query('SELECT n FROM kept')).toEqual([{ n: 1 }])
  await limited.transaction((within) => within.query('INSERT INTO kept VALUES (3)'))
  expect(await limited.query('SELECT n FROM kept')).toEqual([{ n: 1 }, { n: 3 }])
  await limited.close()
  rmSync(directory, { recursive: true })
}, 60_000)

test('the log of writes stays small also where no moment is idle', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pglite-'))
  const busy = await openPglite(directory)
  await busy.script('CREATE TABLE large (n int, v text STORAGE EXTERNAL); INSERT INTO large VALUES (1);')
  const write = () => busy.query("UPDATE large SET v = repeat('x', 60000)")
  for (let turn = 0; turn < 20; turn++) await Promise.all(Array.from({ length: 100 }, write))
  const [log] = await busy.query<{ bytes: number }>('SELECT sum(size) AS bytes FROM pg_ls_waldir()')
  expect(Number(log!.bytes)).toBeLessThan(120 * 2 ** 20)
  await busy.close()
  rmSync(directory, { recursive: true })
}, 60_000)
