import { expect, test } from '@jest/globals'
import { registryOf } from '../schema/registry.ts'
import { DatabaseError } from '../storage/database.ts'
import { completeSettings } from '../tenant/settings.ts'
import { list } from './list.ts'
import type { Session } from './session.ts'

const registry = registryOf([])
const sessionOn = (query: Session['database']['query']): Session => ({
  database: { query },
  tenant: { id: 1, name: 't', displayName: 't', settings: completeSettings({}), registry },
  configuration: 'c',
  actor: 'test',
  access: 'full',
  defaultLicence: 'none',
  tenantUrl: 'https://scim.example/t/scim/v2',
  cursorKey: Buffer.alloc(32),
})

test('a list that the database gives up on is refused with a way out', async () => {
  const session = sessionOn(() => Promise.reject(new DatabaseError('canceling statement', '57014')))
  await expect(list(session, [registry.User], { descending: false })).rejects.toMatchObject({
    status: 400,
    scimType: 'tooMany',
    message: expect.stringContaining('cursor'),
  })
})

test('groups with more members than one answer may hold are refused with a way out, unless members are left out', async () => {
  const session = sessionOn((text) =>
    Promise.resolve(text.startsWith('SELECT count(*) AS n') ? ([{ n: 200_001 }] as never) : []),
  )
  await expect(list(session, [registry.Group], { descending: false })).rejects.toMatchObject({
    scimType: 'tooMany',
    message: expect.stringContaining('excludedAttributes=members'),
  })
  const without = { excludedAttributes: 'members', descending: false }
  expect(await list(session, [registry.Group], without)).toMatchObject({ totalResults: 0 })
})

test('a look-up by an indexed attribute is one statement, and reads members of no group that does not show them (C13)', async () => {
  const statements: string[] = []
  const session = sessionOn((text) => {
    statements.push(text)
    return Promise.resolve([])
  })
  await list(session, [registry.User], { filter: 'userName eq "a"', descending: false })
  await list(session, [registry.Group], { filter: 'id pr', excludedAttributes: 'members', descending: false })
  expect(statements).toHaveLength(2)
  expect(statements[1]).not.toContain('membership')
})
