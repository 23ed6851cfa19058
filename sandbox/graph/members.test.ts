import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
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

describe('memberships by id', () => {
  const asked = async (path: string, body: object) => (await sandbox.graph('POST', path, body)).body.value as string[]
  let user: string
  let direct: string
  let through: string
  let unified: string
  beforeAll(async () => {
    user = (await get(`/users/${KNOWN_USERS.diego}`)).id
    direct = (await group(KNOWN_GROUPS.mfilesUsers)).id
    through = (await group(KNOWN_GROUPS.nested)).id
    unified = (await group(KNOWN_GROUPS.unified)).id
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${user}` }
    await sandbox.graph('POST', `/groups/${unified}/members/$ref`, reference)
  })

  test('are told of users, groups and objects of any type, indirect ones too', async () => {
    for (const path of [`/users/${user}`, `/users/${KNOWN_USERS.diego}`, `/directoryObjects/${user}`]) {
      const groups = await asked(`${path}/getMemberGroups`, { securityEnabledOnly: false })
      expect(groups).toEqual(expect.arrayContaining([direct, through, unified]))
      expect(await asked(`${path}/microsoft.graph.getMemberObjects`, { securityEnabledOnly: false })).toEqual(groups)
      expect(await asked(`${path}/getMemberGroups`, { securityEnabledOnly: true })).toEqual(
        groups.filter((id) => id !== unified),
      )
    }
    expect(await asked(`/groups/${direct}/getMemberGroups`, { securityEnabledOnly: true })).toEqual([through])
  })

  test('are checked, up to 20 of them', async () => {
    const { id: empty } = await group(KNOWN_GROUPS.empty)
    const groupIds = [empty, through, 'no-group']
    expect(await asked(`/users/${user}/checkMemberGroups`, { groupIds })).toEqual([through])
    expect(await asked(`/directoryObjects/${user}/checkMemberObjects`, { ids: groupIds })).toEqual([through])
    const tooMany = { groupIds: Array(21).fill(through) }
    expect((await sandbox.graph('POST', `/users/${user}/checkMemberGroups`, tooMany)).status).toBe(400)
  })

  test.each([
    ['getMemberGroups', {}, 400],
    ['getMemberGroups', { securityEnabledOnly: 'yes' }, 400],
    ['checkMemberGroups', { groupIds: 'one' }, 400],
  ])('%s with %j is %i', async (action, body, status) => {
    expect((await sandbox.graph('POST', `/users/${user}/${action}`, body)).status).toBe(status)
  })

  test('of an object that there is not are 404', async () => {
    const path = '/directoryObjects/00000000-0000-4000-8000-000000000000/getMemberGroups'
    expect((await sandbox.graph('POST', path, { securityEnabledOnly: true })).status).toBe(404)
  })

  test('are expanded on the user, as those who report to it are', async () => {
    const { memberOf } = await get(`/users/${user}?$expand=memberOf($select=id)`)
    expect(memberOf.map(({ id }: { id: string }) => id)).toContain(direct)
    const [list] = (await get(`/users?$filter=id eq '${user}'&$expand=memberOf`)).value
    expect(list.memberOf).toHaveLength(memberOf.length)
    const { directReports } = await get('/users/patti.fernandez@entrada-sandbox.example?$expand=directReports')
    expect(names(directReports)).toContain('Adele Vance')
  })

  test('and ownership of one object are told by a reference to it', async () => {
    const { body } = await sandbox.graph('GET', `/groups/${direct}/members/${user}/$ref`)
    expect(body['@odata.id']).toBe(`${sandbox.address.graph}/v1.0/directoryObjects/${user}`)
    expect((await sandbox.graph('GET', `/groups/${direct}/owners/${user}/$ref`)).status).toBe(404)
  })
})

test('what somebody owns is listed: applications, their service principals, groups', async () => {
  const { id: userId } = await get(`/users/${KNOWN_USERS.megan}`)
  const owners = { 'owners@odata.bind': [`https://graph.microsoft.com/v1.0/users/${userId}`] }
  const application = (await sandbox.graph('POST', '/applications', { displayName: 'Owned', ...owners })).body
  const security = { mailEnabled: false, mailNickname: 'owned', securityEnabled: true }
  await sandbox.graph('POST', '/groups', { displayName: 'Owned too', ...security, ...owners })
  expect(names((await get(`/users/${userId}/ownedObjects`)).value)).toEqual(['Owned', 'Owned too'])
  const cast = await get(`/users/${userId}/ownedObjects/microsoft.graph.application`)
  expect(cast.value).toMatchObject([{ id: application.id }])
  const principal = (await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })).body
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${principal.id}` }
  const other = (await sandbox.graph('POST', '/applications', { displayName: 'Owned by an application' })).body
  await sandbox.graph('POST', `/applications/${other.id}/owners/$ref`, reference)
  expect(names((await get(`/servicePrincipals/${principal.id}/ownedObjects`)).value)).toEqual([
    'Owned by an application',
  ])
  expect((await sandbox.graph('GET', `/applications/${other.id}/owners/${principal.id}/$ref`)).status).toBe(200)
})
