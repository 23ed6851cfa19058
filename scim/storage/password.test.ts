import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeOnPostgres } from '../testing/on-postgres.ts'
import { startPostgres, type TestServer } from '../testing/postgres.ts'
import { isUnreachable } from './database.ts'
import { openPostgres } from './postgres.ts'

describeOnPostgres('a password that expires', () => {
  let server: TestServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.addLogin('scim', await server.freshDatabase())
    await server.administer(`ALTER ROLE scim PASSWORD 'first'`)
  }, 60_000)
  afterAll(() => server.remove())

  test('is asked for by each new connection, and by no other, in place of one in the URL', async () => {
    const asked: string[] = []
    let current = 'first'
    const password = async (): Promise<string> => {
      asked.push(current)
      return current
    }
    const database = await openPostgres(url.replace('scim@', 'scim:old@'), { connections: 2, password })
    await server.administer(`ALTER ROLE scim PASSWORD 'second'`)
    current = 'second'
    expect(await database.query('SELECT current_user AS name')).toEqual([{ name: 'scim' }])
    expect(asked).toEqual(['first'])
    const both = [1, 2].map(() => database.transaction((within) => within.query('SELECT pg_sleep(0.05)')))
    await Promise.all(both)
    expect(asked).toEqual(['first', 'second'])
    await database.close()
  })

  test('that is wrong, or that nobody gives, is told as a database that cannot be reached for now', async () => {
    for (const password of [
      async () => 'wrong',
      async (): Promise<string> => {
        throw new Error('no token today')
      },
    ]) {
      const error = await openPostgres(url, { password }).catch((reason) => reason)
      expect(isUnreachable(error)).toBe(true)
      expect(error.message).toMatch(/password authentication failed|no token today/)
    }
  })
})
