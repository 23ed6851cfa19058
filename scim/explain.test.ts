import { expect, test } from '@jest/globals'
import { explain } from './explain.ts'
import { DatabaseError } from './storage/database.ts'

const withFields = (message: string, fields: object) => Object.assign(new Error(message), fields)

test.each([
  [new DatabaseError('connect ECONNREFUSED', '08006'), 'The database cannot be reached: connect ECONNREFUSED'],
  [
    new DatabaseError('no database "x"', '3D000'),
    'refuses the service: no database "x". Check user, password and name',
  ],
  [
    new DatabaseError('password authentication failed', '28P01'),
    'refuses the service: password authentication failed.',
  ],
  [withFields('EEXIST: file exists', { code: 'EEXIST', path: '/x' }), 'EEXIST: file exists. Check the directory'],
  [withFields('in use', { code: 'EADDRINUSE', address: '::1', port: 80 }), 'Port 80 on ::1 is in use'],
  [withFields('not allowed', { code: 'EACCES', port: 80 }), 'Port 80 may not be opened by this user'],
])('%s is told in one line', (error, expected) => {
  expect(explain(error)).toContain(expected)
  expect(explain(error)).not.toContain('\n')
})

test('what nobody has thought of is told with where it came from', () => {
  expect(explain(new DatabaseError('syntax', '42601'))).toContain('explain.test.ts')
  expect(explain(new TypeError('oops'))).toContain('explain.test.ts')
})
