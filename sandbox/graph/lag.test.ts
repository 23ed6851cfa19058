import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../directory/known.ts'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const MINUTE = 60_000
const REFUSED = [400, 'Not a valid reference update.']
let sandbox: TestSandbox
let adele: string
let group: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  adele = (await get(`/users/${KNOWN_USERS.adele}`)).id
  group = (await get(`/groups?$filter=displayName eq '${KNOWN_GROUPS.empty}'`)).value[0].id
})

const get = async (path: string) => (await sandbox.graph('GET', path)).body
const status = async (method: string, path: string, body?: unknown) => (await sandbox.graph(method, path, body)).status
const refusal = async (method: string, path: string, body?: unknown) => {
  const reply = await sandbox.graph(method, path, body)
  return [reply.status, reply.body.error?.message]
}
const late = (path: string, method?: string) =>
  sandbox.control('POST', '/faults', { path, method, lagMs: MINUTE, times: 100 })
const pass = () => sandbox.control('POST', '/clock', { advanceSeconds: 60 })
const reference = (id: string) => ({ '@odata.id': `${sandbox.address.graph}/v1.0/directoryObjects/${id}` })
const ids = (list: { value: { id: string }[] }) => list.value.map(({ id }) => id)

const LATE = {
  accountEnabled: true,
  displayName: 'Late',
  mailNickname: 'late',
  passwordProfile: { password: 'x' },
  userPrincipalName: 'late@entrada-sandbox.example',
}
const newUser = async () => (await sandbox.graph('POST', '/users', LATE)).body.id as string

describe('a write that arrives late', () => {
  test('of a new object: it is not there to read, to change or to refer to, and its name is taken', async () => {
    await late('^/v1.0/users$')
    const id = await newUser()
    const byName = "/users?$filter=userPrincipalName eq 'late@entrada-sandbox.example'"
    const count = (await get('/users?$top=999')).value.length
    expect(await status('GET', `/users/${id}`)).toBe(404)
    expect(await status('GET', '/users/late@entrada-sandbox.example')).toBe(404)
    expect(ids(await get(byName))).toEqual([])
    expect((await sandbox.graph('POST', '/directoryObjects/getByIds', { ids: [id] })).body.value).toEqual([])
    expect(await status('PATCH', `/users/${id}`, { department: 'x' })).toBe(404)
    expect(await refusal('POST', `/groups/${group}/members/$ref`, reference(id))).toEqual(REFUSED)
    expect(await refusal('PUT', `/users/${adele}/manager/$ref`, reference(id))).toEqual(REFUSED)
    expect(await refusal('POST', '/users', LATE)).toEqual([400, expect.stringContaining('userPrincipalName')])
    await pass()
    expect(ids(await get(byName))).toEqual([id])
    expect((await get('/users?$top=999')).value.length).toBe(count + 1)
    expect(await status('POST', `/groups/${group}/members/$ref`, reference(id))).toBe(204)
  })

  test('of a changed object: readers see it as it was, and writers lose nothing of it', async () => {
    await late('/members/')
    await late(`/users/${adele}$`, 'PATCH')
    const diego = (await get(`/users/${KNOWN_USERS.diego}`)).id
    const before = (await get(`/users/${adele}?$select=department`)).department
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'Late' })
    for (const id of [adele, diego]) await sandbox.graph('POST', `/groups/${group}/members/$ref`, reference(id))
    expect((await get(`/users/${adele}?$select=department`)).department).toBe(before)
    expect(ids(await get("/users?$filter=department eq 'Late'"))).toEqual([])
    expect(ids(await get(`/groups/${group}/members`))).toEqual([])
    expect(ids(await get(`/users/${adele}/memberOf`))).not.toContain(group)
    await pass()
    expect((await get(`/users/${adele}?$select=department`)).department).toBe('Late')
    expect(ids(await get(`/groups/${group}/members`))).toEqual([adele, diego])
    expect(ids(await get(`/users/${adele}/memberOf`))).toContain(group)
  })

  test('of a deleted object: readers still find it, a second deletion does not', async () => {
    await late(`/users/${adele}$`)
    expect(await status('DELETE', `/users/${adele}`)).toBe(204)
    expect(await status('GET', `/users/${KNOWN_USERS.adele}`)).toBe(200)
    expect(ids(await get('/directory/deletedItems/graph.user'))).toEqual([])
    expect(await status('DELETE', `/users/${adele}`)).toBe(404)
    await pass()
    expect(await status('GET', `/users/${KNOWN_USERS.adele}`)).toBe(404)
    expect(ids(await get('/directory/deletedItems/graph.user'))).toEqual([adele])
  })

  test('is told by a delta query once it has arrived, and then for good', async () => {
    const token = async (path: string) => {
      const { '@odata.deltaLink': link, value } = await get(path)
      return { next: new URL(link).pathname.replace('/v1.0', '') + new URL(link).search, changed: ids({ value }) }
    }
    const first = await token('/users/delta?$deltatoken=latest')
    await late('^/v1.0/users$')
    const id = await newUser()
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'At once' })
    const second = await token(first.next)
    expect(second.changed).not.toContain(id)
    await pass()
    const third = await token(second.next)
    expect(third.changed).toEqual([id, adele])
    expect((await token(third.next)).changed).toEqual([])
  })

  test('through the requests in a batch, and through a connection that is cut', async () => {
    await late('batch')
    const item = { id: '1', method: 'PATCH', url: `/users/${adele}`, headers: { 'Content-Type': 'application/json' } }
    await sandbox.graph('POST', '/$batch', { requests: [{ ...item, body: { department: 'Late' } }] })
    expect((await get(`/users/${adele}?$select=department`)).department).not.toBe('Late')
    await sandbox.control('POST', '/faults', { path: '^/v1.0/users$', lagMs: MINUTE, drop: 'after' })
    await expect(newUser()).rejects.toThrow()
    expect(await status('GET', '/users/late@entrada-sandbox.example')).toBe(404)
    await pass()
    expect((await get(`/users/${adele}?$select=department`)).department).toBe('Late')
    expect(await status('GET', '/users/late@entrada-sandbox.example')).toBe(200)
  })

  test('is forgotten with a reset', async () => {
    await late(`/users/${adele}$`)
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'Late' })
    await sandbox.control('POST', '/reset')
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'Now' })
    expect((await get(`/users/${adele}?$select=department`)).department).toBe('Now')
  })
})

describe('below an application', () => {
  let base: string
  let principalId: string
  let appRoleId: string
  beforeEach(async () => {
    const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
      displayName: 'x',
    })
    principalId = body.servicePrincipal.id
    appRoleId = body.servicePrincipal.appRoles[0].id
    base = `/servicePrincipals/${principalId}`
  })
  const assignment = () => ({ principalId: adele, resourceId: principalId, appRoleId })

  test('assignments, jobs and secrets are as late as any, and an assignment is taken once', async () => {
    await late('/servicePrincipals/.*', 'POST')
    await late('/secrets$', 'PUT')
    const made = await sandbox.graph('POST', `${base}/appRoleAssignedTo`, assignment())
    const job = (await sandbox.graph('POST', `${base}/synchronization/jobs`, { templateId: 'mfiles' })).body.id
    const value = [{ key: 'SyncAll', value: 'false' }]
    expect(await status('PUT', `${base}/synchronization/secrets`, { value })).toBe(204)
    const seen = async () => [
      await status('GET', `${base}/appRoleAssignedTo/${made.body.id}`),
      (await get(`${base}/appRoleAssignedTo`)).value.length,
      (await get(`/users/${adele}/appRoleAssignments`)).value.length,
      await status('GET', `${base}/synchronization/jobs/${job}`),
      (await get(`${base}/synchronization/jobs`)).value.length,
      (await get(`${base}/synchronization/secrets`)).value.length,
    ]
    expect(await seen()).toEqual([404, 0, 0, 404, 0, 0])
    expect(await status('POST', `${base}/synchronization/jobs/${job}/start`)).toBe(404)
    expect(await refusal('POST', `${base}/appRoleAssignedTo`, assignment())).toEqual([
      400,
      'Permission being assigned already exists on the object',
    ])
    await pass()
    expect(await seen()).toEqual([200, 1, 1, 200, 1, 1])
  })

  test('a new principal cannot be assigned, nor a new application have a service principal', async () => {
    await sandbox.control('POST', '/settings', { replicationDelayMs: MINUTE })
    const id = await newUser()
    const post = () => refusal('POST', `${base}/appRoleAssignedTo`, { ...assignment(), principalId: id })
    expect(await post()).toEqual(REFUSED)
    const { appId } = (await sandbox.graph('POST', '/applications', { displayName: 'x' })).body
    const back = () => refusal('POST', '/servicePrincipals', { appId })
    expect(await back()).toEqual([400, expect.stringContaining('does not reference a valid application object')])
    await pass()
    expect((await post())[0]).toBe(201)
    expect((await back())[0]).toBe(201)
  })

  test('the delay of new objects is none of changes to old ones', async () => {
    await sandbox.control('POST', '/settings', { replicationDelayMs: MINUTE })
    await sandbox.graph('PATCH', `/users/${adele}`, { department: 'Now' })
    expect((await get(`/users/${adele}?$select=department`)).department).toBe('Now')
    expect(await status('POST', `${base}/appRoleAssignedTo`, assignment())).toBe(201)
    expect((await get(`${base}/appRoleAssignedTo`)).value).toEqual([])
  })
})
