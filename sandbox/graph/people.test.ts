import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const EVENTUAL = { ConsistencyLevel: 'eventual' }
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const get = (path: string, headers?: Record<string, string>) => sandbox.graph('GET', path, undefined, headers)
const filtered = async (set: string, filter: string, more = '') =>
  (await get(`/${set}?$filter=${encodeURIComponent(filter)}${more}`)).body.value
const group = async (name: string) => (await filtered('groups', `displayName eq '${name}'`))[0]

describe('users', () => {
  test('are read by id and by name, with the default properties or those selected', async () => {
    const byName = (await get(`/users/${KNOWN_USERS.diego}`)).body
    expect(byName).toMatchObject({ displayName: 'Diego Siciliani', givenName: 'Diego' })
    expect(byName).not.toHaveProperty('department')
    const byId = (await get(`/users/${byName.id}?$select=id,department,accountEnabled`)).body
    expect(byId).toMatchObject({ id: byName.id, department: 'Engineering', accountEnabled: true })
    expect(byId).not.toHaveProperty('displayName')
    expect((await get(`/users/${encodeURIComponent(KNOWN_USERS.grady)}`)).body.displayName).toBe('Grady Archie')
    expect((await get('/users/nobody@x.example')).body.error.code).toBe('Request_ResourceNotFound')
  })

  test('are found by names in one request, whatever the case', async () => {
    const names = [KNOWN_USERS.adele, KNOWN_USERS.megan.toUpperCase(), 'nobody@x.example']
    const both = await filtered('users', `userPrincipalName in (${names.map((name) => `'${name}'`).join(',')})`)
    expect(both.map((user: { displayName: string }) => user.displayName)).toEqual(['Adele Vance', 'Megan Bowen'])
    const either = await filtered(
      'users',
      `userPrincipalName eq '${KNOWN_USERS.adele}' or mail eq '${KNOWN_USERS.megan}'`,
    )
    expect(either).toHaveLength(2)
  })

  test('come in pages that lead to the next one, each user once', async () => {
    const seen: string[] = []
    let path: string | undefined = '/users?$top=25&$select=id&$filter=accountEnabled eq true'
    const sizes = []
    while (path) {
      const { body } = await get(path)
      seen.push(...body.value.map((user: { id: string }) => user.id))
      sizes.push(body.value.length)
      path = body['@odata.nextLink']?.slice(`${sandbox.address.graph}/v1.0`.length)
    }
    expect(sizes).toEqual([25, 25, 7])
    expect(new Set(seen).size).toBe(57)
    expect((await get('/users?$top=1000')).body.error.code).toBe('Request_UnsupportedQuery')
  })

  test('are counted and searched by those who ask for eventual consistency', async () => {
    expect((await get('/users/$count')).status).toBe(400)
    expect((await get('/users/$count', EVENTUAL)).body).toBe('60')
    expect((await get('/users?$count=true&$top=1')).body).not.toHaveProperty('@odata.count')
    expect((await get('/users?$count=true&$top=1', EVENTUAL)).body['@odata.count']).toBe(60)
    expect((await get('/users?$search="displayName:dieg"')).body.error.code).toBe('Request_UnsupportedQuery')
    expect((await get('/users?$search="displayName:sici"', EVENTUAL)).body.value).toHaveLength(1)
    expect((await get("/users?$filter=department ne 'IT'")).body.error.code).toBe('Request_UnsupportedQuery')
    expect((await get("/users?$filter=department ne 'IT'&$count=true", EVENTUAL)).status).toBe(200)
  })

  test('show their manager when asked', async () => {
    const [user] = await filtered(
      'users',
      `userPrincipalName eq '${KNOWN_USERS.adele}'`,
      '&$expand=manager($select=displayName)',
    )
    expect(user.manager).toEqual({ '@odata.type': '#microsoft.graph.user', displayName: 'Patti Fernandez' })
  })

  test('are made, changed, given a manager, deleted, restored and purged', async () => {
    const made = await sandbox.graph('POST', '/users', {
      accountEnabled: true,
      displayName: 'New Person',
      mailNickname: 'new',
      userPrincipalName: 'new@entrada-sandbox.example',
      passwordProfile: { password: 'irrelevant' },
    })
    expect(made.status).toBe(201)
    const path = `/users/${made.body.id}`
    expect((await sandbox.graph('PATCH', path, { department: 'IT', accountEnabled: false })).status).toBe(204)
    expect((await get(`${path}?$select=department,accountEnabled`)).body).toMatchObject({
      department: 'IT',
      accountEnabled: false,
    })
    const boss = (await get(`/users/${KNOWN_USERS.megan}`)).body.id
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${boss}` }
    expect((await sandbox.graph('PUT', `${path}/manager/$ref`, reference)).status).toBe(204)
    expect((await get(`${path}/manager`)).body.id).toBe(boss)
    expect((await sandbox.graph('DELETE', path)).status).toBe(204)
    expect((await get(path)).status).toBe(404)
    expect((await get('/directory/deletedItems/microsoft.graph.user')).body.value).toMatchObject([{ id: made.body.id }])
    expect((await sandbox.graph('POST', `/directory/deletedItems/${made.body.id}/restore`)).status).toBe(200)
    expect((await get(path)).status).toBe(200)
    await sandbox.graph('DELETE', path)
    expect((await sandbox.graph('DELETE', `/directory/deletedItems/${made.body.id}`)).status).toBe(204)
    expect((await get(`/directory/deletedItems/${made.body.id}`)).status).toBe(404)
  })

  test('have a name of their own, and only properties that exist', async () => {
    const adele = `/users/${KNOWN_USERS.adele}`
    const taken = await sandbox.graph('PATCH', adele, { userPrincipalName: KNOWN_USERS.megan })
    expect(taken.body.error.message).toBe(
      'Another object with the same value for property userPrincipalName already exists.',
    )
    expect((await sandbox.graph('PATCH', adele, { shoeSize: 41 })).body.error.message).toContain("'shoeSize'")
    expect((await sandbox.graph('POST', '/users', { displayName: 'x' })).status).toBe(400)
  })

  test('need a password, and a name in a verified domain', async () => {
    const wanted = { accountEnabled: true, displayName: 'New', mailNickname: 'new', passwordProfile: { password: 'x' } }
    const userPrincipalName = 'new@entrada-sandbox.example'
    const refusal = async (more: object) => {
      const { status, body } = await sandbox.graph('POST', '/users', { ...wanted, userPrincipalName, ...more })
      return [status, body.error?.message]
    }
    const password = 'A password must be specified to create a new user.'
    expect(await refusal({ passwordProfile: undefined })).toEqual([400, password])
    expect(await refusal({ passwordProfile: { forceChangePasswordNextSignIn: true } })).toEqual([400, password])
    const domain = expect.stringContaining('You must use one of the verified domain names')
    expect(await refusal({ userPrincipalName: 'new@elsewhere.example' })).toEqual([400, domain])
    expect(await refusal({ userPrincipalName: 'new@sub.entrada-sandbox.example' })).toEqual([400, domain])
    const renamed = { userPrincipalName: 'adele@elsewhere.example' }
    expect((await sandbox.graph('PATCH', `/users/${KNOWN_USERS.adele}`, renamed)).body.error.message).toEqual(domain)
    expect(await refusal({ userPrincipalName: 'new@Entrada-Sandbox.Example' })).toEqual([201, undefined])
  })

  test('have ids in which case does not count', async () => {
    const { id } = (await get(`/users/${KNOWN_USERS.adele}`)).body
    const upper = id.toUpperCase()
    expect((await get(`/users/${upper}`)).body.id).toBe(id)
    expect((await get(`/directoryObjects/${upper}`)).body.id).toBe(id)
    expect(await filtered('users', `id eq '${upper}'`)).toHaveLength(1)
    expect((await get(`/users/delta?$filter=id eq '${upper}'`)).body.value).toHaveLength(1)
    const byIds = await sandbox.graph('POST', '/directoryObjects/getByIds', { ids: [upper] })
    expect(byIds.body.value).toMatchObject([{ id }])
    const { id: groupId } = await group(KNOWN_GROUPS.empty)
    const members = `/groups/${groupId.toUpperCase()}/members`
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${upper}` }
    expect((await sandbox.graph('POST', `${members}/$ref`, reference)).status).toBe(204)
    expect((await sandbox.graph('DELETE', `${members}/${upper}/$ref`)).status).toBe(204)
  })
})

describe('groups', () => {
  test('have members of every kind, directly and transitively', async () => {
    const { id } = await group(KNOWN_GROUPS.nested)
    const direct = (await get(`/groups/${id}/members?$select=id`)).body.value
    expect(direct.map((member: Record<string, string>) => member['@odata.type']).sort()).toEqual([
      '#microsoft.graph.group',
      '#microsoft.graph.group',
      '#microsoft.graph.user',
    ])
    const people = await get(`/groups/${id}/transitiveMembers/microsoft.graph.user?$count=true&$select=id`, EVENTUAL)
    const users = await group(KNOWN_GROUPS.mfilesUsers)
    const direct2 = await get(`/groups/${users.id}/members/$count`, EVENTUAL)
    expect(people.body['@odata.count']).toBeGreaterThan(Number(direct2.body))
    expect(await get(`/groups/${id}/transitiveMembers/microsoft.graph.group/$count`, EVENTUAL)).toMatchObject({
      body: '2',
    })
  })

  test('gain and lose members by reference', async () => {
    const { id } = await group(KNOWN_GROUPS.empty)
    const adele = (await get(`/users/${KNOWN_USERS.adele}`)).body.id
    const reference = { '@odata.id': `${sandbox.address.graph}/v1.0/directoryObjects/${adele}` }
    expect((await sandbox.graph('POST', `/groups/${id}/members/$ref`, reference)).status).toBe(204)
    const again = await sandbox.graph('POST', `/groups/${id}/members/$ref`, reference)
    expect(again.body.error.message).toBe(
      "One or more added object references already exist for the following modified properties: 'members'.",
    )
    expect((await get(`/groups/${id}/members`)).body.value).toMatchObject([{ id: adele }])
    expect((await get(`/users/${adele}/memberOf`)).body.value).toContainEqual(expect.objectContaining({ id }))
    expect((await sandbox.graph('DELETE', `/groups/${id}/members/${adele}/$ref`)).status).toBe(204)
    expect((await sandbox.graph('DELETE', `/groups/${id}/members/${adele}/$ref`)).status).toBe(404)
  })

  test('do not list members that are deleted', async () => {
    const { id } = await group(KNOWN_GROUPS.mfilesProjectLeads)
    const count = async () => Number((await get(`/groups/${id}/members/$count`, EVENTUAL)).body)
    const before = await count()
    await sandbox.graph('DELETE', `/users/${KNOWN_USERS.diego}`)
    expect(await count()).toBe(before - 1)
  })

  test('of Microsoft 365 are kept when deleted, security groups are gone unless a switch says otherwise', async () => {
    const remove = async (name: string) => {
      const { id } = await group(name)
      await sandbox.graph('DELETE', `/groups/${id}`)
      return (await get(`/directory/deletedItems/${id}`)).status
    }
    expect(await remove(KNOWN_GROUPS.unified)).toBe(200)
    expect(await remove(KNOWN_GROUPS.empty)).toBe(404)
    await sandbox.control('POST', '/settings', { securityGroupDelete: 'soft' })
    expect(await remove(KNOWN_GROUPS.nested)).toBe(200)
  })

  test('are made with members and found by several names', async () => {
    const adele = (await get(`/users/${KNOWN_USERS.adele}`)).body.id
    const made = await sandbox.graph('POST', '/groups', {
      displayName: 'Made',
      mailEnabled: false,
      mailNickname: 'made',
      securityEnabled: true,
      'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${adele}`],
    })
    expect(made.status).toBe(201)
    expect((await get(`/groups/${made.body.id}/members`)).body.value).toHaveLength(1)
    expect(await filtered('groups', `displayName in ('Made','${KNOWN_GROUPS.empty}')`)).toHaveLength(2)
  })
})

test('getByIds answers what it knows, of the kinds asked for', async () => {
  const ids = [
    (await get(`/users/${KNOWN_USERS.adele}`)).body.id,
    (await group(KNOWN_GROUPS.empty)).id,
    '00000000-0000-0000-0000-000000000001',
  ]
  const all = await sandbox.graph('POST', '/directoryObjects/getByIds', { ids })
  expect(all.body.value).toHaveLength(2)
  const groups = await sandbox.graph('POST', '/directoryObjects/getByIds', { ids, types: ['group'] })
  expect(groups.body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.group' }])
  const any = await sandbox.graph('POST', '/directoryObjects/getByIds', { ids, types: ['directoryObject'] })
  expect(any.body.value).toHaveLength(2)
  for (const wrong of [{ ids, types: 'user' }, { ids, types: [1] }, { ids: [1] }, { ids: 'x' }]) {
    expect((await sandbox.graph('POST', '/directoryObjects/getByIds', wrong)).status).toBe(400)
  }
})

test('applications are directory objects, too', async () => {
  const { id, displayName } = (await get('/applications')).body.value[0]
  const expected = { '@odata.type': '#microsoft.graph.application', id, displayName }
  expect((await get(`/directoryObjects/${id}`)).body).toMatchObject(expected)
  const { body } = await sandbox.graph('POST', '/directoryObjects/getByIds', { ids: [id], types: ['application'] })
  expect(body.value).toMatchObject([expected])
})
