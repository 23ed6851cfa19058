import { expect, test } from '@jest/globals'
import { ScimError } from './errors.ts'
import { asScimError } from './failures.ts'
import { DatabaseError } from './storage/database.ts'

test.each([
  ['a refusal as it is', new ScimError(409, 'taken', 'uniqueness'), 409],
  ['an unreachable database as one to come back to', new DatabaseError('connect ECONNREFUSED 10.0.0.7', '08006'), 503],
  ['a statement that took too long as one to send again', new DatabaseError('canceling statement', '57014'), 503],
  ['a mistake of ours without its inside', new TypeError('secret at /src/file.ts'), 500],
])('a client is told of %s', (_name, error, status) => {
  const answer = asScimError(error)
  expect(answer.status).toBe(status)
  expect(answer.message).not.toMatch(/10\.0\.0\.7|canceling|secret/)
})
