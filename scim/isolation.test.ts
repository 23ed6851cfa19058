import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  type Answer,
  type Call,
  callsTo,
  filterBy,
  newGroup,
  newUser,
  patchOf,
  startTestService,
  type TestService,
} from './testing/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startTestService()
}, 60_000)
afterAll(() => service.close())

/** Two tenants alike but for their ids. */
async function twins() {
  const fill = async () => {
    const tenant = await service.tenant({ named: 1 })
    const made: Answer[] = []
    for (const name of ['anna', 'bob']) {
      const emails = [{ type: 'work', value: `${name}@x.y`, primary: true }]
      made.push(await tenant.scim('POST', '/Users', newUser(name, { externalId: name, displayName: name, emails })))
    }
    const [anna, bob] = made.map(({ body }) => body.id as string) as [string, string]
    const inner = (await tenant.scim('POST', '/Groups', newGroup('inner', { members: [{ value: anna }] }))).body.id
    const outer = (await tenant.scim('POST', '/Groups', newGroup('outer', { members: [{ value: inner }] }))).body.id
    const { body } = await tenant.api('GET', '/configurations')
    const configuration: string = body.configurations[0].id
    return { ...tenant, ids: { anna, bob, inner, outer, configuration } }
  }
  return [await fill(), await fill()] as const
}

const post = (path: string, body: object) => (scim: Call) => scim('POST', path, body)
const get = (path: string) => (scim: Call) => scim('GET', path)
const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], sortBy: 'userName' }
const filters = ['userName pr', 'emails.value co "x.y"', 'groups pr', 'externalId eq "anna"', 'not (title pr)', 'id pr']

test('no answer to one tenant holds an id of the other', async () => {
  const [mine, theirs] = await twins()
  const asked = [
    ...['', '/Users', '/Groups', '/Users?sortBy=displayName', '/Groups?sortBy=id', '/Users?cursor&count=1'].map(get),
    ...filters.map((filter) => get(`/Users${filterBy(filter)}`)),
    ...['members pr', 'members.type eq "Group"', 'displayName sw "o"'].map((filter) =>
      get(`/Groups${filterBy(filter)}`),
    ),
    ...['/.search', '/Users/.search', '/Groups/.search'].map((path) => post(path, search)),
  ]
  const managed = ['', '/users', '/users?search=anna', '/users?state=waiting', '/configurations', '/audit', '/groups']
  const answers = [
    ...(await Promise.all(asked.map((ask) => ask(mine.scim)))),
    ...(await Promise.all(managed.map((path) => mine.api('GET', path)))),
  ]
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(asked.length)
  const text = answers.map((answer) => answer.text).join('\n')
  expect(text).toContain(mine.ids.anna)
  for (const id of Object.values(theirs.ids)) expect(text).not.toContain(id)
})

test('what is asked or written about the ids of another tenant is not found, and changes nothing there', async () => {
  const [mine, theirs] = await twins()
  const { anna, bob, inner, outer, configuration } = theirs.ids
  const read = async () => {
    const paths = [`/Users/${anna}`, `/Users/${bob}`, `/Groups/${inner}`, `/Groups/${outer}`]
    return (await Promise.all(paths.map((path) => theirs.scim('GET', path)))).map(({ text }) => text)
  }
  const before = await read()
  const title = patchOf({ op: 'replace', path: 'displayName', value: 'x' })
  const writes: [method: string, path: string, body?: object][] = [
    ['GET', `/Users/${anna}`],
    ['PUT', `/Users/${anna}`, newUser('x')],
    ['PATCH', `/Users/${anna}`, title],
    ['DELETE', `/Users/${anna}`],
    ['GET', `/Groups/${outer}`],
    ['PUT', `/Groups/${outer}`, newGroup('x')],
    ['PATCH', `/Groups/${outer}`, title],
    ['DELETE', `/Groups/${outer}`],
  ]
  for (const [method, path, body] of writes)
    expect([method, path, (await mine.scim(method, path, body)).status]).toEqual([method, path, 404])
  const foreign = await mine.scim('POST', '/Groups', newGroup('foreign', { members: [{ value: bob }] }))
  expect(foreign.status).toBe(400)
  for (const [method, path] of [
    ['GET', `/configurations/${configuration}`],
    ['DELETE', `/configurations/${configuration}`],
    ['POST', `/configurations/${configuration}/secrets`],
  ] as const)
    expect((await mine.api(method, path, method === 'POST' ? {} : undefined)).status).toBe(404)
  expect((await callsTo(theirs.tenantUrl, mine.authorization)('GET', '/Users')).status).toBe(404)
  expect(await read()).toEqual(before)
})
