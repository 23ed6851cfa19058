import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newGroup, newUser, patchOf, startTestService, type TestService } from '../testing/service.ts'
import { signedInVisitor, type Visitor } from './testing/pages.ts'

let service: TestService
let admin: Visitor

beforeAll(async () => {
  service = await startTestService()
  admin = await signedInVisitor(service.ready.adminUrl)
})
afterAll(() => service.close())

/** A tenant of the test's own, and the path of its pages. */
async function tenant(licences: object = {}, defaultLicence?: string) {
  const made = await service.tenant(licences, defaultLicence)
  return { ...made, path: `/${made.tenantUrl.split('/').at(-3)}` }
}

describe('Home', () => {
  test('shows the counts, the seats in use, who waits and the last writes', async () => {
    const { scim, path } = await tenant({ named: 1 })
    await scim('POST', '/Users', newUser('anna@x'))
    await scim('POST', '/Users', newUser('bob@x'))
    const { text } = await admin.get(path)
    expect(text).toMatch(/Waiting for a licence<\/dt><dd><a href="[^"]*state=waiting">1<\/a>/)
    expect(text).toMatch(/1 of 1 seat <meter/)
    expect(text).toMatch(/user created<\/td><td[^>]*><a href="\/admin\/t\d+\/users\/[^"]+">bob@x/)
    expect(text).not.toContain('Nothing has been provisioned')
  })

  test('says what to do where nothing has been provisioned', async () => {
    const { path } = await tenant()
    expect((await admin.get(path)).text).toContain('Nothing has been provisioned yet')
  })

  test('warns of a secret that expires within 30 days', async () => {
    const { api, path } = await tenant()
    const { body } = await api('GET', '/configurations')
    const expiresAt = new Date(Date.now() + 9.5 * 86_400_000).toISOString()
    expect((await admin.get(path)).text).toContain('None expires within 30 days')
    await api('POST', `/configurations/${body.configurations[0].id}/secrets`, { retireOthers: 'now', expiresAt })
    expect((await admin.get(path)).text).toContain('Its secret expires in 9 days.')
  })
})

describe('Users', () => {
  test('are found by any part of their names, whatever parts of a name are known; escaped', async () => {
    const { scim, path } = await tenant()
    await scim('POST', '/Users', newUser('a@x', { name: { formatted: 'Anna Ångström' } }))
    await scim('POST', '/Users', newUser('b@x', { name: { givenName: 'Bob', familyName: 'Builder' } }))
    await scim('POST', '/Users', newUser('c@x', { displayName: '<script>alert(1)</script>' }))
    expect((await admin.get(`${path}/users?search=ngstr`)).text).toContain('Anna Ångström')
    const { text } = await admin.get(`${path}/users?search=bob+build`)
    expect([text.includes('Bob Builder'), text.includes('a@x')]).toEqual([true, false])
    expect((await admin.get(`${path}/users`)).text).toContain('&#60;script&#62;')
    expect((await admin.get(`${path}/users?search=nobody`)).text).toContain('No user matches')
  })

  test('are filtered by account, licence type and seat, and those who wait carry the tag', async () => {
    const { scim, path } = await tenant({ named: 1 })
    for (const name of ['first', 'second']) await scim('POST', '/Users', newUser(name))
    await scim('POST', '/Users', newUser('third', { active: false }))
    const shown = async (query: string): Promise<string[]> => {
      const { text } = await admin.get(`${path}/users?${query}`)
      return ['first', 'second', 'third'].filter((name) => text.includes(`>${name}</a>`))
    }
    expect(await shown('account=disabled')).toEqual(['third'])
    expect(await shown('account=enabled')).toEqual(['first', 'second'])
    expect(await shown('state=waiting')).toEqual(['second'])
    expect(await shown('type=named&account=enabled&search=fir')).toEqual(['first'])
    expect(await shown('type=concurrent')).toEqual([])
    expect((await admin.get(`${path}/users?state=waiting`)).text).toMatch(
      /Named <span class="tag warn">Waiting<\/span>/,
    )
  })

  test('are paged, and the pages keep the search', async () => {
    const { scim, path } = await tenant()
    await Promise.all(Array.from({ length: 51 }, (_, index) => scim('POST', '/Users', newUser(`u${index}`))))
    const first = (await admin.get(`${path}/users?state=licensed`)).text
    expect(first).toMatch(/51 users[\s\S]*Page 1 of 2[\s\S]*state=licensed&#38;page=2" rel="next">/)
    expect((await admin.get(`${path}/users?state=licensed&page=2`)).text).toMatch(/rel="prev"[\s\S]*Page 2 of 2/)
  })

  test('have a page with their attributes, groups, place in the queue and writes', async () => {
    const { scim, path } = await tenant({ named: 0 })
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    await scim('POST', '/Users', newUser('before@x'))
    const { body: user } = await scim(
      'POST',
      '/Users',
      newUser('adele@x', {
        displayName: 'Adele Vance',
        emails: [{ value: 'adele@x.example', type: 'work', primary: true }],
        [enterprise]: { department: 'Retail' },
      }),
    )
    const { body: group } = await scim('POST', '/Groups', newGroup('Sales', { members: [{ value: user.id }] }))
    await scim('PATCH', `/Users/${user.id}`, patchOf({ op: 'replace', path: 'title', value: 'Manager' }))
    const { text } = await admin.get(`${path}/users/${user.id}`)
    expect(text).toContain('<h1>Adele Vance</h1>')
    expect(text).toMatch(/adele@x\.example<\/span> <small>work, primary</)
    expect(text).toMatch(/department<\/dt>\s*<dd>Retail/)
    expect(text).toContain(`${path}/groups/${group.id}">Sales`)
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /Waits since .* for a seat of type Named, by its configuration Entra\. All of the 0 seats are taken, and 1 user comes before\./,
    )
    expect(text).toMatch(/user updated/)
  })

  test('of another tenant are not found', async () => {
    const { scim } = await tenant()
    const other = await tenant()
    const { body } = await scim('POST', '/Users', newUser('a'))
    expect((await admin.get(`${other.path}/users/${body.id}`)).status).toBe(404)
    expect((await admin.get(`${other.path}/users/nobody`)).status).toBe(404)
  })
})

test('Groups show how many members they have, and their members, which can be searched', async () => {
  const { scim, path } = await tenant()
  const add = async (name: string) => (await scim('POST', '/Users', newUser(name, { displayName: `Mx ${name}` }))).body
  const members = [await add('anna'), await add('bob')].map(({ id }) => ({ value: id }))
  const { body: group } = await scim('POST', '/Groups', newGroup('Sales & more', { members }))
  const list = (await admin.get(`${path}/groups?search=sales`)).text
  expect(list).toMatch(/Sales &#38; more<\/a><\/th><td[^>]*>2<\/td>/)
  expect((await admin.get(`${path}/groups?search=none`)).text).toContain('No group matches')
  const page = `${path}/groups/${group.id}`
  expect((await admin.get(page)).text).toMatch(/2 members[\s\S]*anna[\s\S]*bob/)
  const found = (await admin.get(`${page}?search=mx+b`)).text
  expect([found.includes('>bob</a>'), found.includes('>anna</a>')]).toEqual([true, false])
})

test('a group is given a licence type, which its members then wait for on the seat they have', async () => {
  const { scim, api, path } = await tenant({ named: 0, readOnly: 1 }, 'readOnly')
  const { body: user } = await scim('POST', '/Users', newUser('anna'))
  const { body: group } = await scim('POST', '/Groups', newGroup('Sales', { members: [{ value: user.id }] }))
  const page = `${path}/groups/${group.id}`
  expect(await admin.post(`${page}/licence`, { type: 'named' })).toMatchObject({
    status: 303,
    location: `/admin${page}`,
  })
  expect((await admin.get(page)).text).toMatch(/<option value="named" selected>/)
  expect((await admin.get(`${path}/groups`)).text).toMatch(/>Sales<[\s\S]*>Named<\/td>/)
  const text = (await admin.get(`${path}/users/${user.id}`)).text.replace(/\s+/g, ' ')
  expect(text).toMatch(/seat of type Named, by its group Sales\. .* Until then it keeps its seat of type Read-only\./)
  expect(text).toMatch(/Sales<\/a> <small>gives Named<\/small>/)
  expect((await admin.get(path)).text).toMatch(/Read-only<\/a><\/th><td[^>]*>1 of 1 seat/)
  await admin.post(`${page}/licence`, { type: '' })
  expect((await api('GET', '/users')).body.users[0].licence).toEqual({ type: 'readOnly', state: 'licensed' })
  expect((await admin.post(`${path}/groups/${user.id}/licence`, { type: 'named' })).status).toBe(404)
})

test('Audit is filtered by action, name and day, and paged from the newest to the oldest', async () => {
  const { scim, path } = await tenant()
  for (let n = 0; n < 52; n++) await scim('POST', '/Users', newUser(`u${n}`))
  await scim('POST', '/Groups', newGroup('Sales'))
  const today = new Date().toISOString().slice(0, 10)
  const writes = async (query: string) => (await admin.get(`${path}/audit?${query}`)).text.split('<time').length - 1
  expect(await writes('action=group')).toBe(1)
  expect(await writes('subject=U5')).toBe(3)
  expect(await writes(`since=${today}&action=user+created&subject=u51`)).toBe(1)
  expect(await writes('until=2020-01-01')).toBe(0)
  for (const day of ['not-a-day', '0000-01-01', '2026-13-40']) {
    expect(await writes(`since=${day}&action=group`)).toBe(1)
  }
  const first = (await admin.get(`${path}/audit?action=user`)).text
  const older = /href="\/admin([^"]+)" rel="next"/.exec(first)![1]!.replaceAll('&#38;', '&')
  expect((await admin.get(older)).text.split('<time')).toHaveLength(3)
})
