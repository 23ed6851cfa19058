import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const DAY = 86_400
const LEAST = 1
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const get = (path: string, client = 0) => sandbox.graph('GET', path, undefined, {}, client)
const idOf = async (name: string) => (await get(`/users/${name}`)).body.id as string
const item = (id: string) => `/directory/deletedItems/${id}`

test('a deleted user can be listed, read and restored, and is gone when purged', async () => {
  const id = await idOf(KNOWN_USERS.adele)
  await sandbox.graph('DELETE', `/users/${id}`)
  expect((await get('/directory/deletedItems/microsoft.graph.user')).body.value).toMatchObject([
    { id, displayName: 'Adele Vance' },
  ])
  expect((await get('/directory/deletedItems/graph.user')).body.value).toMatchObject([{ id }])
  for (const type of ['graph.application', 'microsoft.graph.device']) {
    expect((await get(`/directory/deletedItems/${type}`)).body.value).toEqual([])
  }
  expect((await get(item(id))).body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id })
  expect((await sandbox.graph('POST', `${item(id)}/restore`)).status).toBe(200)
  expect((await get(`/users/${id}`)).status).toBe(200)
  await sandbox.graph('DELETE', `/users/${id}`)
  expect((await sandbox.graph('DELETE', item(id))).status).toBe(204)
  expect((await get(item(id))).status).toBe(404)
})

test('items are purged after thirty days', async () => {
  const id = await idOf(KNOWN_USERS.adele)
  const unified = (await get(`/groups?$filter=displayName eq '${KNOWN_GROUPS.unified}'`)).body.value[0].id
  await sandbox.graph('DELETE', `/users/${id}`)
  await sandbox.graph('DELETE', `/groups/${unified}`)
  await sandbox.control('POST', '/clock', { advanceSeconds: 29 * DAY })
  expect((await get(item(id))).status).toBe(200)
  await sandbox.control('POST', '/clock', { advanceSeconds: DAY })
  expect((await get(item(id))).status).toBe(404)
  expect((await get(item(unified))).status).toBe(404)
})

test('a user whose name is taken meanwhile cannot be restored, and the name stays with who has it', async () => {
  const id = await idOf(KNOWN_USERS.adele)
  await sandbox.graph('DELETE', `/users/${id}`)
  const heir = await sandbox.graph('POST', '/users', {
    accountEnabled: true,
    displayName: 'Another Adele',
    mailNickname: 'adele',
    passwordProfile: { password: 'x' },
    userPrincipalName: KNOWN_USERS.adele,
  })
  expect(heir.status).toBe(201)
  expect((await sandbox.graph('POST', `${item(id)}/restore`)).status).toBe(400)
  await sandbox.graph('DELETE', item(id))
  expect(await idOf(KNOWN_USERS.adele)).toBe(heir.body.id)
})

test('who may not write users may not purge them, and a list names its type', async () => {
  const id = await idOf(KNOWN_USERS.adele)
  await sandbox.graph('DELETE', `/users/${id}`)
  expect((await get(item(id), LEAST)).status).toBe(200)
  expect((await sandbox.graph('DELETE', item(id), undefined, {}, LEAST)).status).toBe(403)
  expect((await get('/directory/deletedItems')).status).toBe(400)
})
