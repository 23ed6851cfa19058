import { describe, expect, test } from '@jest/globals'
import { HELP, readCommand } from './options.ts'

test('options are read', () => {
  const args = '--users 5000 --tenants 3 --port 8443 --seed contoso --data ./x --smtp localhost:1025 --json'
  expect(readCommand(args.split(' '))).toEqual({
    help: false,
    json: true,
    options: { users: 5000, tenants: 3, port: 8443, seed: 'contoso', data: './x', smtp: 'localhost:1025' },
  })
  expect(readCommand(['-h']).help).toBe(true)
})

describe('what cannot be is refused with what can:', () => {
  test.each([
    ['--users many', '--users "many" is not possible: a whole number from 10 to 1000000.'],
    ['--users 3', '--users "3" is not possible: a whole number from 10 to 1000000.'],
    ['--tenants 0', '--tenants "0" is not possible: a whole number from 1 to 1000.'],
    ['--port 99999', '--port "99999" is not possible: a whole number from 0 to 65535.'],
    ['--smtp mail', '--smtp "mail" is not the host and port of a mail server, such as 127.0.0.1:1025.'],
    ['--seed=', '--seed is empty: leave it out, or give it a text.'],
    ['--user 3', "Unknown option '--user'. Options: --users, --seed,"],
    ['--port', "Option '--port <value>' argument missing. Options: --users,"],
    ['start', "Unexpected argument 'start'. Options: --users,"],
  ])('%s', (args, message) => {
    expect(() => readCommand(args.split(' '))).toThrow(message)
  })
})

test('the help explains every option', () => {
  const { message } = caught(() => readCommand(['--no-such']))
  for (const option of message.match(/--\w+(?=[,;])/g)!) expect(HELP).toMatch(new RegExp(`^  ${option} `, 'm'))
})

function caught(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
