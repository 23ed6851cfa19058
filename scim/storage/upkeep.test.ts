import { expect, test } from '@jest/globals'
import type { FastifyBaseLogger } from 'fastify'
import { openOutageLog } from '../operations/outage-log.ts'
import { type Database, DatabaseError } from './database.ts'
import { startUpkeep } from './upkeep.ts'

test.each([
  [
    'an outage is told of once, not again by upkeep that meets it',
    new DatabaseError('connect ECONNREFUSED', '08006'),
    0,
  ],
  ['another error is told of with when upkeep is tried again', new Error('no such table'), 1],
])('%s', async (_name, error, expected) => {
  const warnings: string[] = []
  const logger = { warn: (_facts: object, text: string) => warnings.push(text) } as unknown as FastifyBaseLogger
  const noteOutage = openOutageLog()
  noteOutage(new DatabaseError('connect ECONNREFUSED', '08006'), logger)
  expect(warnings).toEqual([expect.stringContaining('the database cannot be reached')])
  const tried = Promise.withResolvers<void>()
  const database = {
    query: () => {
      tried.resolve()
      return Promise.reject(error)
    },
  } as unknown as Database
  const end = startUpkeep(database, 90, logger, noteOutage)
  await tried.promise
  await new Promise(setImmediate)
  await end()
  expect(warnings.slice(1)).toEqual(expected ? [expect.stringContaining('tried again in an hour')] : [])
})
