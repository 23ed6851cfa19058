import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 250 })
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

interface Entry {
  id: string
  [name: string]: unknown
}

const pathOf = (link: string) => link.slice(`${sandbox.address.graph}/v1.0`.length)

/** A whole round from `path` on: what was told, in how many pages, and the link of the next round. */
async function round(path: string): Promise<{ entries: Entry[]; pages: number; next: string }> {
  const entries: Entry[] = []
  for (let pages = 1; ; pages++) {
    const { status, body } = await sandbox.graph('GET', path)
    expect([status, body.error]).toEqual([200, undefined])
    entries.push(...body.value)
    if (body['@odata.deltaLink']) return { entries, pages, next: pathOf(body['@odata.deltaLink']) }
    path = pathOf(body['@odata.nextLink'])
  }
}

const idOf = async (name: string) => (await sandbox.graph('GET', `/users/${name}`)).body.id as string
const groupId = async (name: string) =>
  (await sandbox.graph('GET', `/groups?$filter=displayName eq '${name}'`)).body.value[0].id as string

describe('delta of users', () => {
  test('tells everybody once, then what changed, then nothing', async () => {
    const first = await round('/users/delta?$select=displayName,department')
    expect(first.pages).toBe(3)
    expect(new Set(first.entries.map(({ id }) => id)).size).toBe(250)
    expect((await round(first.next)).entries).toEqual([])
    const adele = await idOf(KNOWN_USERS.adele)
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'IT' })
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'Legal' })
    const second = await round(first.next)
    expect(second.entries).toEqual([{ id: adele, displayName: 'Adele Vance', department: 'Legal' }])
    expect((await round(second.next)).entries).toEqual([])
    expect((await round(first.next)).entries).toEqual(second.entries)
  })

  test('tells who was deleted, for now or for good, and who came back', async () => {
    const { next } = await round('/users/delta')
    const [adele, diego] = [await idOf(KNOWN_USERS.adele), await idOf(KNOWN_USERS.diego)]
    await sandbox.graph('DELETE', `/users/${adele}`)
    await sandbox.graph('DELETE', `/users/${diego}`)
    await sandbox.graph('DELETE', `/directory/deletedItems/${diego}`)
    const gone = await round(next)
    expect(gone.entries).toContainEqual({ id: adele, '@removed': { reason: 'changed' } })
    expect(gone.entries).toContainEqual({ id: diego, '@removed': { reason: 'deleted' } })
    await sandbox.graph('POST', `/directory/deletedItems/${adele}/restore`)
    expect((await round(gone.next)).entries).toMatchObject([{ id: adele, displayName: 'Adele Vance' }])
  })

  test('tells what is written while the pages are read in the next round', async () => {
    const page = (await sandbox.graph('GET', '/users/delta?$select=id,jobTitle')).body
    const adele = await idOf(KNOWN_USERS.adele)
    await sandbox.graph('PATCH', `/users/${adele}`, { jobTitle: 'Changed' })
    const rest = await round(pathOf(page['@odata.nextLink']))
    expect((await round(rest.next)).entries).toEqual([{ id: adele, jobTitle: 'Changed' }])
  })

  test('begins now with latest, follows managers, and can be limited to some', async () => {
    const [adele, diego] = [await idOf(KNOWN_USERS.adele), await idOf(KNOWN_USERS.diego)]
    const { entries, next } = await round(
      `/users/delta?$deltaToken=latest&$select=manager&$filter=${encodeURIComponent(`id eq '${adele}'`)}`,
    )
    expect(entries).toEqual([])
    await sandbox.graph('PATCH', `/users/${diego}`, { jobTitle: 'Ignored' })
    const { body: former } = await sandbox.graph('GET', `/users/${adele}/manager`)
    const manager = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${diego}` }
    await sandbox.graph('PUT', `/users/${adele}/manager/$ref`, manager)
    const reference = { '@odata.type': '#microsoft.graph.user', id: diego }
    const removed = { '@removed': { reason: 'deleted' } }
    const second = await round(next)
    expect(second.entries).toEqual([
      { id: adele, 'manager@delta': [reference, { ...reference, ...removed, id: former.id }] },
    ])
    await sandbox.graph('DELETE', `/users/${adele}/manager/$ref`)
    expect((await round(second.next)).entries).toEqual([{ id: adele, 'manager@delta': [{ ...reference, ...removed }] }])
  })

  test.each([
    ['$top=5', 400],
    ['$orderby=displayName', 400],
    ['$expand=manager', 400],
    [`$filter=${encodeURIComponent("displayName eq 'x'")}`, 400],
    ['$select=shoeSize', 400],
    ['$select=messages', 501],
    ['$deltatoken=nonsense', 400],
  ])('refuses %s', async (query, status) => {
    expect((await sandbox.graph('GET', `/users/delta?${query}`)).status).toBe(status)
  })

  test('sends those with a token of more than a week back to the beginning', async () => {
    const { next } = await round('/users/delta')
    await sandbox.control('POST', '/clock', { advanceSeconds: 7 * 86_400 + 1 })
    const { status, headers, body } = await sandbox.graph('GET', next)
    expect([status, body.error.code]).toEqual([410, 'syncStateNotFound'])
    expect(headers.location).toBe(`${sandbox.address.graph}/v1.0/users/delta`)
  })
})

describe('delta of groups', () => {
  test('tells members at first, then who joined and who left', async () => {
    const first = await round('/groups/delta?$select=displayName,members')
    const users = first.entries.find(({ displayName }) => displayName === KNOWN_GROUPS.mfilesUsers)!
    const members = (await sandbox.graph('GET', `/groups/${users.id}/members?$top=999&$select=id`)).body.value
    expect(users['members@delta']).toHaveLength(members.length)
    const [adele, diego] = [await idOf(KNOWN_USERS.adele), await idOf(KNOWN_USERS.diego)]
    await sandbox.graph('POST', `/groups/${users.id}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${adele}`,
    })
    await sandbox.graph('DELETE', `/groups/${users.id}/members/${diego}/$ref`)
    const type = '#microsoft.graph.user'
    const second = await round(first.next)
    expect(second.entries).toEqual([
      {
        id: users.id,
        displayName: KNOWN_GROUPS.mfilesUsers,
        'members@delta': [
          { '@odata.type': type, id: adele },
          { '@odata.type': type, id: diego, '@removed': { reason: 'deleted' } },
        ],
      },
    ])
    await sandbox.graph('PATCH', `/groups/${users.id}`, { description: 'x' })
    expect((await round(second.next)).entries).toEqual([{ id: users.id, displayName: KNOWN_GROUPS.mfilesUsers }])
  })

  test('tells a group that was deleted', async () => {
    const { next } = await round('/groups/delta?$select=displayName')
    const id = await groupId(KNOWN_GROUPS.empty)
    await sandbox.graph('DELETE', `/groups/${id}`)
    expect((await round(next)).entries).toEqual([{ id, '@removed': { reason: 'deleted' } }])
  })
})

test('delta of service principals tells new ones, changed ones and those gone', async () => {
  const { next } = await round('/servicePrincipals/delta?$select=displayName')
  const { body: application } = await sandbox.graph('POST', '/applications', { displayName: 'Made' })
  const { body: made } = await sandbox.graph('POST', '/servicePrincipals', { appId: application.appId })
  const second = await round(next)
  expect(second.entries).toEqual([{ id: made.id, displayName: 'Made' }])
  await sandbox.graph('DELETE', `/servicePrincipals/${made.id}`)
  expect((await round(second.next)).entries).toEqual([{ id: made.id, '@removed': { reason: 'changed' } }])
})

test('delta of users needs more than the permission to read basic profiles', async () => {
  expect((await sandbox.graph('GET', '/users/delta', undefined, {}, 2)).status).toBe(403)
})
