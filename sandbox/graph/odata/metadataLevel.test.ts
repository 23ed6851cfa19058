import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { KNOWN_USERS } from '../../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../../testing.ts'
import { atLevel, metadataLevel } from './metadataLevel.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())

const full = { accept: 'application/json; odata.metadata=full' }
const get = (path: string, headers: Record<string, string>) => sandbox.graph('GET', path, undefined, headers)

test('with full metadata an object tells its type and where it is, alone, in a list and as a member', async () => {
  const { body } = await get(`/users/${KNOWN_USERS.adele}`, full)
  expect(body['@odata.type']).toBe('#microsoft.graph.user')
  const place = new RegExp(
    `/v2/${sandbox.address.tenantId}/directoryObjects/${body.id}/Microsoft\\.DirectoryServices\\.User$`,
  )
  expect(body['@odata.id']).toMatch(place)
  const list = await get('/users?$select=id,displayName&$top=3', full)
  expect(list.body.value.map((one: object) => Object.keys(one).slice(0, 2))).toEqual(
    Array(3).fill(['@odata.type', '@odata.id']),
  )
})

test('where an object says it is, it can be referred to', async () => {
  const user = (await get(`/users/${KNOWN_USERS.adele}`, full)).body
  const group = { displayName: 'Referred', mailEnabled: false, mailNickname: 'referred', securityEnabled: true }
  const made = await sandbox.graph('POST', '/groups', { ...group, 'members@odata.bind': [user['@odata.id']] })
  const members = await get(`/groups/${made.body.id}/members`, full)
  expect(members.body.value).toMatchObject([{ '@odata.id': user['@odata.id'] }])
})

test('without metadata only links and counts are left of it', async () => {
  const { body } = await get('/users?$top=2&$count=true&$select=id', {
    accept: 'application/json;odata.metadata=none',
    consistencylevel: 'eventual',
  })
  expect(Object.keys(body).sort()).toEqual(['@odata.count', '@odata.nextLink', 'value'])
})

test.each([
  [undefined, 'minimal'],
  ['application/json', 'minimal'],
  ['application/json;odata.metadata=Full;charset=utf-8', 'full'],
  ['application/json; odata.metadata=none', 'none'],
  ['application/json; odata.metadata=fuller', 'minimal'],
])('Accept %j asks for %s metadata', (accept, level) => {
  expect(metadataLevel(accept)).toBe(level)
})

test('what is below a service principal is no service principal', () => {
  const body = { '@odata.context': "…/$metadata#servicePrincipals('1')/synchronization/jobs", value: [{ id: '2' }] }
  expect(atLevel(body, 'full', 'root')).toEqual(body)
})
