import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
let resourceId: string
let appRoleId: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  resourceId = body.servicePrincipal.id
  appRoleId = body.servicePrincipal.appRoles[0].id
})

const user = async (name: string) => (await sandbox.graph('GET', `/users/${name}`)).body.id as string
const assign = (principalId: string, more = {}) =>
  sandbox.graph('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
    principalId,
    resourceId,
    appRoleId,
    ...more,
  })
const assigned = async () =>
  (await sandbox.graph('GET', `/servicePrincipals/${resourceId}/appRoleAssignedTo`)).body.value

describe('app role assignments', () => {
  test('of users and groups are made, listed from either side and deleted', async () => {
    const adele = await user(KNOWN_USERS.adele)
    const group = (await sandbox.graph('GET', `/groups?$filter=displayName eq '${KNOWN_GROUPS.mfilesUsers}'`)).body
      .value[0]
    const made = await assign(adele)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      principalType: 'User',
      principalDisplayName: 'Adele Vance',
      resourceDisplayName: 'M-Files',
    })
    expect(
      (
        await sandbox.graph('POST', `/groups/${group.id}/appRoleAssignments`, {
          principalId: group.id,
          resourceId,
          appRoleId,
        })
      ).status,
    ).toBe(201)
    expect((await assigned()).map((one: { principalType: string }) => one.principalType)).toEqual(['User', 'Group'])
    const ofAdele = await sandbox.graph('GET', `/users/${adele}/appRoleAssignments?$filter=resourceId eq ${resourceId}`)
    expect(ofAdele.body.value).toHaveLength(1)
    const path = `/servicePrincipals/${resourceId}/appRoleAssignedTo/${made.body.id}`
    expect((await sandbox.graph('GET', path)).body.id).toBe(made.body.id)
    const elsewhere = `/groups/${group.id}/appRoleAssignments/${made.body.id}`
    expect((await sandbox.graph('DELETE', elsewhere)).status).toBe(404)
    expect((await sandbox.graph('DELETE', path)).status).toBe(204)
    expect((await sandbox.graph('DELETE', path)).status).toBe(404)
    expect(await assigned()).toHaveLength(1)
  })

  test('are refused in the words that clients look for', async () => {
    const adele = await user(KNOWN_USERS.adele)
    await assign(adele)
    const refusal = async (principalId: string, more = {}) => {
      const { status, body } = await assign(principalId, more)
      return [status, body.error.message]
    }
    expect(await refusal(adele)).toEqual([400, 'Permission being assigned already exists on the object'])
    const megan = await user(KNOWN_USERS.megan)
    expect((await refusal(megan, { appRoleId: '00000000-0000-0000-0000-000000000000' }))[0]).toBe(400)
    expect((await refusal('00000000-0000-0000-0000-000000000001'))[0]).toBe(404)
    expect((await refusal(megan, { principalId: undefined }))[0]).toBe(400)
  })

  test('are refused below an object that is not there, and below another than the body names', async () => {
    const [principalId, megan] = [await user(KNOWN_USERS.adele), await user(KNOWN_USERS.megan)]
    const post = async (path: string) => {
      const { status, body } = await sandbox.graph('POST', path, { principalId, resourceId, appRoleId })
      return [status, body.error?.code]
    }
    const missing = [404, 'Request_ResourceNotFound']
    expect(await post('/servicePrincipals/garbage/appRoleAssignedTo')).toEqual(missing)
    expect(await post('/users/nobody@entrada-sandbox.example/appRoleAssignments')).toEqual(missing)
    expect(await post('/groups/garbage/appRoleAssignments')).toEqual(missing)
    const other = [400, 'Request_BadRequest']
    expect(await post(`/users/${megan}/appRoleAssignments`)).toEqual(other)
    const graph = (await sandbox.graph('GET', "/servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).body.value
    expect(await post(`/servicePrincipals/${graph[0].id}/appRoleAssignedTo`)).toEqual(other)
    expect(await assigned()).toEqual([])
    expect(await post(`/users/${KNOWN_USERS.adele}/appRoleAssignments`)).toEqual([201, undefined])
  })

  test('go with a user who is purged, and stay while the user can be restored', async () => {
    const adele = await user(KNOWN_USERS.adele)
    await assign(adele)
    await sandbox.graph('DELETE', `/users/${adele}`)
    expect(await assigned()).toHaveLength(1)
    await sandbox.graph('DELETE', `/directory/deletedItems/${adele}`)
    expect(await assigned()).toEqual([])
  })
})

describe('a batch', () => {
  const batch = (requests: unknown[]) => sandbox.graph('POST', '/$batch', { requests })

  test('carries out its items, each with its own answer', async () => {
    const [adele, megan] = [await user(KNOWN_USERS.adele), await user(KNOWN_USERS.megan)]
    const item = (id: string, principalId: string) => ({
      id,
      method: 'POST',
      url: `/servicePrincipals/${resourceId}/appRoleAssignedTo`,
      headers: { 'Content-Type': 'application/json' },
      body: { principalId, resourceId, appRoleId },
    })
    const { body } = await batch([item('a', adele), item('b', megan), item('c', adele)])
    const statuses = Object.fromEntries(
      body.responses.map((one: { id: string; status: number }) => [one.id, one.status]),
    )
    expect(statuses).toEqual({ a: 201, b: 201, c: 400 })
    expect(await assigned()).toHaveLength(2)
  })

  test('does not carry out what depends on a failure', async () => {
    const { body } = await batch([
      { id: '1', method: 'GET', url: '/users/nobody' },
      { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
    ])
    expect(body.responses.map((one: { status: number }) => one.status)).toEqual([404, 424])
  })

  test('is refused when it is too long or not well formed', async () => {
    const many = Array.from({ length: 21 }, (_, i) => ({ id: String(i), method: 'GET', url: '/users' }))
    expect((await batch(many)).status).toBe(400)
    expect((await batch([{ id: '1', method: 'GET' }])).status).toBe(400)
    expect((await batch([many[0], many[0]])).status).toBe(400)
    expect((await batch([null])).status).toBe(400)
    for (const wrong of [{ headers: null }, { headers: { ConsistencyLevel: 1 } }, { dependsOn: '0' }, { id: 1 }]) {
      expect((await batch([{ ...many[0], ...wrong }])).status).toBe(400)
    }
  })
})
