import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

const get = async (path: string) => (await sandbox.graph('GET', path)).body
const group = async (name: string, more = '') => (await get(`/groups?$filter=displayName eq '${name}'${more}`)).value[0]
const names = (list: { displayName: string }[]) => list.map(({ displayName }) => displayName).sort()

test('memberships are read from the side of the member, directly and through groups', async () => {
  const direct = await get(`/users/${KNOWN_USERS.diego}/memberOf/microsoft.graph.group?$select=displayName`)
  expect(names(direct.value)).toContain(KNOWN_GROUPS.mfilesUsers)
  expect(names(direct.value)).not.toContain(KNOWN_GROUPS.nested)
  const all = await get(`/users/${KNOWN_USERS.diego}/transitiveMemberOf?$select=displayName`)
  expect(names(all.value)).toContain(KNOWN_GROUPS.nested)
  const { id } = await group(KNOWN_GROUPS.mfilesUsers)
  expect(names((await get(`/groups/${id}/memberOf`)).value)).toEqual([KNOWN_GROUPS.nested])
  const reports = (await get('/users/patti.fernandez@entrada-sandbox.example/directReports')).value
  expect(names(reports)).toContain('Adele Vance')
})

test('members and owners are expanded', async () => {
  const { members } = await group(KNOWN_GROUPS.nested, '&$expand=members($select=displayName)')
  expect(names(members)).toContain(KNOWN_GROUPS.mfilesUsers)
  const { id } = await group(KNOWN_GROUPS.empty)
  const adele = (await get(`/users/${KNOWN_USERS.adele}`)).id
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${adele}` }
  expect((await sandbox.graph('POST', `/groups/${id}/owners/$ref`, reference)).status).toBe(204)
  expect((await get(`/groups/${id}?$expand=owners`)).owners).toMatchObject([{ id: adele }])
  expect((await sandbox.graph('GET', `/groups/${id}?$expand=nothing`)).status).toBe(400)
})

test('who may read memberships alone sees of members their type and id', async () => {
  const token = await sandbox.tokenWith(['GroupMember.Read.All'])
  const { id } = await group(KNOWN_GROUPS.nested)
  const reply = await sandbox.send('GET', `/v1.0/groups/${id}/members`, undefined, {
    authorization: `Bearer ${token}`,
  })
  const person = reply.body.value.find((one: Record<string, string>) => one['@odata.type'] === '#microsoft.graph.user')
  expect(person).toMatchObject({ id: expect.any(String), displayName: null, userPrincipalName: null })
})

test('a list is narrowed to a type, which SDKs name by an alias; of some types there is nothing', async () => {
  const { id } = await group(KNOWN_GROUPS.nested)
  const all = (await get(`/groups/${id}/members`)).value as { '@odata.type': string }[]
  const groups = (await get(`/groups/${id}/members/graph.group`)).value
  expect(groups).toEqual(all.filter((one) => one['@odata.type'] === '#microsoft.graph.group'))
  expect(groups.length).toBeGreaterThan(0)
  for (const type of ['graph.administrativeUnit', 'microsoft.graph.directoryRole', 'graph.device']) {
    expect((await get(`/users/${KNOWN_USERS.diego}/memberOf/${type}`)).value).toEqual([])
  }
  expect((await sandbox.graph('GET', `/groups/${id}/members/graph.nothing`)).status).toBe(400)
})

test('a type of all members, and a type beside a filter, are advanced queries', async () => {
  const { id } = await group(KNOWN_GROUPS.nested)
  const people = async (path: string, headers: Record<string, string>) => {
    const { status, body } = await sandbox.graph('GET', `/groups/${id}/${path}`, undefined, headers)
    return body.error?.code ?? status
  }
  const eventual = { consistencylevel: 'eventual' }
  const refused = 'Request_UnsupportedQuery'
  expect(await people('transitiveMembers/graph.user', {})).toBe(refused)
  expect(await people('transitiveMembers/graph.user', eventual)).toBe(refused)
  expect(await people('transitiveMembers/graph.user?$count=true', {})).toBe(refused)
  expect(await people('transitiveMembers/graph.user?$count=true', eventual)).toBe(200)
  const filtered = "members/graph.user?$filter=startswith(displayName,'D')&$count=true"
  expect(await people(filtered, {})).toBe(refused)
  expect(await people(filtered, eventual)).toBe(200)
  expect(await people('members/graph.user?$select=id', {})).toBe(200)
})
