import { expect, test } from '@jest/globals'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseError } from '../storage/database.ts'
import { openFailureLog } from './failure-log.ts'
import { openOutageLog } from './outage-log.ts'
import { Refusal } from './refusal.ts'

const outage = new DatabaseError('connect ECONNREFUSED', '08006')
const slow = new DatabaseError('canceling statement due to statement timeout', '57014')

test.each<[string, [at: number, error: Error, status: number][], string[]]>([
  [
    'an outage once, until it has been quiet for half a minute',
    [
      [0, outage, 503],
      [29, outage, 503],
      [58, outage, 503],
      [89, outage, 503],
    ],
    ['warn', 'warn'],
  ],
  [
    'each statement that took too long',
    [
      [0, slow, 503],
      [1, slow, 503],
    ],
    ['warn', 'warn'],
  ],
  ['what nobody has thought of as an error', [[0, new TypeError('x'), 500]], ['error']],
  [
    'no refusal, and nothing that is the doing of a client',
    [
      [0, new Refusal(503, 'busy'), 503],
      [1, new Error('x'), 400],
    ],
    [],
  ],
])('the log has %s', (_name, errors, logged) => {
  const levels: string[] = []
  const headers: Record<string, unknown> = {}
  const log = { warn: () => levels.push('warn'), error: () => levels.push('error') }
  const reply = {
    hasHeader: (name: string) => name in headers,
    header: (name: string, value: unknown) => {
      headers[name] = value
    },
  }
  let now = 0
  const note = openFailureLog(openOutageLog(() => now))
  for (const [seconds, error, status] of errors) {
    now = seconds * 1_000
    note(error, status, { log } as unknown as FastifyRequest, reply as unknown as FastifyReply)
  }
  expect(levels).toEqual(logged)
})
