import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokenConstraint, type Database, preparedStatements } from './database.ts'
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
