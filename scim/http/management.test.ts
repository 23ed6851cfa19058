import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type Answer,
  adminToken,
  type Call,
  callsTo,
  filterBy,
  newGroup,
  newUser,
  patchOf,
  startTestService,
  type TestService,
  tokenOf,
} from '../testing/service.ts'

const licence = 'urn:entrada:params:scim:schemas:extension:licence:2.0:User'
let service: TestService
beforeAll(async () => {
  service = await startTestService()
}, 60_000)
afterAll(() => service.close())

describe('management API', () => {
  test('needs the admin token', async () => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${adminToken}`]) {
      const answer = await callsTo(service.ready.apiUrl, { authorization })('GET', '')
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } })
    }
  })

  test('makes a tenant, and changes only what is named', async () => {
    const { api } = await service.tenant({ named: 5 })
    const { body } = await api('PUT', '', { displayName: 'Contoso', licences: { readOnly: 2 } })
    expect(body).toMatchObject({
      displayName: 'Contoso',
      licences: { named: 5, concurrent: null, readOnly: 2 },
      counts: { users: 0, activeUsers: 0, groups: 0, licensed: 0, waiting: 0 },
    })
    expect((await api('GET', '')).body).toEqual(body)
  })

  test('lists what was provisioned, page by page and with members, and leaves no trace', async () => {
    const { api, scim } = await service.tenant({})
    const sent = ['a', 'b', 'c'].map((name) => ({ ...newUser(name), externalId: `x-${name}`, active: name !== 'c' }))
    const ids: string[] = []
    for (const user of sent) ids.push((await scim('POST', '/Users', user)).body.id)
    const group = (await scim('POST', '/Groups', { ...newGroup('g'), members: [{ value: ids[0] }] })).body
    const trail = (await api('GET', '/audit')).body
    const first = (await api('GET', '/resources?type=User&count=2')).body
    const second = (await api('GET', `/resources?type=User&count=2&after=${first.next}`)).body
    expect(second.next).toBeNull()
    const users = [...first.resources, ...second.resources]
    expect(users.map(({ id }) => id)).toEqual(ids.toSorted())
    expect(users.find(({ id }) => id === ids[2])).toMatchObject({ userName: 'c', externalId: 'x-c', active: false })
    const groups = (await api('GET', '/resources?type=Group')).body
    expect(groups.resources).toMatchObject([
      { id: group.id, displayName: group.displayName, members: [{ value: ids[0] }] },
    ])
    expect((await api('GET', '/audit')).body).toEqual(trail)
    expect((await api('GET', '/resources?type=Robot')).status).toBe(400)
  })

  test.each([
    ['PUT', '', { licences: { named: -1 } }, 'licences.named'],
    ['PUT', '', { licences: { gold: 1 } }, 'gold'],
    ['POST', '/configurations', { name: '' }, 'name'],
    ['POST', '/configurations', { name: 'x', defaultLicence: 'gold' }, 'defaultLicence'],
    ['POST', '/configurations', '{', 'JSON'],
    ['GET', '/users?state=lost', undefined, 'state'],
    ['GET', '/users?stat=waiting', undefined, 'stat'],
    ['GET', '/users?count=201', undefined, 'count'],
    ['GET', '/audit?since=yesterday', undefined, 'since'],
    ['PUT', '/groups/x/licence', { type: 'none' }, 'type'],
    ['PUT', '', { displayName: 'a\0b' }, 'body.displayName'],
    ['PUT', '', { displayName: '\ud800' }, 'body.displayName'],
    ['PUT', '', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'nested too deeply'],
    ['GET', '/groups?search=%00', undefined, 'query.search'],
    ['GET', '/configurations/%00', undefined, 'path.configuration'],
  ])('%s %s %j is 400 and says what is wrong', async (method, path, body, named) => {
    const answer = await service.api(method, path, body)
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', message: expect.stringContaining(named) } },
    })
  })

  test('what does not exist is 404', async () => {
    const other = callsTo(service.ready.apiUrl.replace(/default$/, 'nobody'), { authorization: `Bearer ${adminToken}` })
    expect(await other('GET', '')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
    expect((await service.api('GET', '/configurations/none')).status).toBe(404)
    expect((await service.api('GET', '/nothing')).body.error.code).toBe('not_found')
  })

  test('a configuration is made once a name, found, changed, and its client stops when it is deleted', async () => {
    const { api } = await service.tenant()
    const made = await api('POST', '/configurations', {
      name: 'Pulumi',
      defaultLicence: 'readOnly',
      managedBy: 'stack',
    })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Pulumi', defaultLicence: 'readOnly', managedBy: 'stack', clientSecret: expect.any(String) },
    })
    const { id, clientSecret, tokenEndpoint, clientId, tenantUrl } = made.body
    const again = await api('POST', '/configurations', { name: 'pulumi' })
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'name_taken', configurationId: id } } })
    const found = await api('GET', '/configurations?name=Pulumi')
    expect(found.body.configurations).toMatchObject([
      { id, tenantUrl, secrets: [{ id: expect.any(String), lastUsedAt: null }] },
    ])
    expect(found.text).not.toContain(clientSecret)
    const changed = await api('PATCH', `/configurations/${id}`, { defaultLicence: 'none', managedBy: null })
    expect(changed.body).toMatchObject({ name: 'Pulumi', defaultLicence: 'none', managedBy: null })
    const scim = callsTo(tenantUrl, await tokenOf(tokenEndpoint, clientId, clientSecret))
    expect((await scim('GET', '/Users')).status).toBe(200)
    expect((await api('DELETE', `/configurations/${id}`)).status).toBe(204)
    expect((await scim('GET', '/Users')).status).toBe(401)
  })

  test('secrets: the old works until the new is used; two at most; "now" ends the others at once (A8)', async () => {
    const { api } = await service.tenant()
    const { id, clientId, clientSecret, tokenEndpoint } = (await api('POST', '/configurations', { name: 'Rotating' }))
      .body
    const works = async (secret: string) =>
      (await tokenOf(tokenEndpoint, clientId, secret)).authorization !== 'Bearer undefined'
    const more = async (body: object) => (await api('POST', `/configurations/${id}/secrets`, body)).body
    const second = await more({})
    expect([await works(clientSecret), await works(second.clientSecret), await works(clientSecret)]).toEqual([
      true,
      true,
      false,
    ])
    const third = await more({ retireOthers: 'never' })
    const fourth = await more({ retireOthers: 'never' })
    expect([
      await works(second.clientSecret),
      await works(third.clientSecret),
      await works(fourth.clientSecret),
    ]).toEqual([false, true, true])
    const last = await more({ retireOthers: 'now', expiresAt: new Date(Date.now() + 400 * 86_400_000).toISOString() })
    expect([await works(fourth.clientSecret), await works(last.clientSecret)]).toEqual([false, true])
    expect((await api('DELETE', `/configurations/${id}/secrets/${last.id}`)).status).toBe(204)
    expect(await works(last.clientSecret)).toBe(false)
  })
})

describe('administration of what there is', () => {
  test('tenants are listed by name, found by a part of it, and deleted only by naming them twice', async () => {
    const { api, scim } = await service.tenant()
    await api('PUT', '', { displayName: 'To be deleted' })
    const root = callsTo(service.ready.apiUrl.replace('/default', ''), { authorization: `Bearer ${adminToken}` })
    const found = await root('GET', '?search=be%20del')
    expect(found.body).toEqual({ total: 1, tenants: [{ tenant: expect.any(String), displayName: 'To be deleted' }] })
    expect((await root('GET', '?count=1')).body.tenants).toHaveLength(1)
    const { tenant } = found.body.tenants[0]
    expect(await api('DELETE', '')).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    expect(await api('DELETE', '?confirm=other')).toMatchObject({
      status: 400,
      body: { error: { code: 'not_confirmed' } },
    })
    expect(await api('DELETE', `?confirm=${tenant}`)).toMatchObject({ status: 204, text: '' })
    expect([(await api('GET', '')).status, (await scim('GET', '/Users')).status]).toEqual([404, 401])
  })

  test('a group gives its members a licence, and takes it back; a user is shown with the reason', async () => {
    const { scim, api } = await service.tenant({ named: 1 }, 'readOnly')
    const members: { value: string }[] = []
    for (const name of ['anna', 'bert']) members.push({ value: (await scim('POST', '/Users', newUser(name))).body.id })
    const { id } = (await scim('POST', '/Groups', newGroup('Leads', { members }))).body
    const set = await api('PUT', `/groups/${id}/licence`, { type: 'named' })
    expect(set).toMatchObject({ status: 200, body: { id, displayName: 'Leads', licence: 'named' } })
    expect((await api('GET', '/groups?search=lead')).body).toEqual({
      total: 1,
      groups: [{ id, displayName: 'Leads', members: 2, licence: 'named' }],
    })
    expect((await api('GET', `/users/${members[1]!.value}`)).body).toMatchObject({
      userName: 'bert',
      licence: {
        type: 'named',
        state: 'waiting',
        held: 'readOnly',
        base: 'readOnly',
        configuration: 'Entra',
        waitingSince: expect.any(String),
        ahead: 0,
      },
      groups: [{ id, displayName: 'Leads', gives: 'named' }],
    })
    expect((await api('GET', '')).body.counts).toMatchObject({
      licensed: 1,
      waiting: 1,
      byType: { named: { licensed: 1, waiting: 1 }, readOnly: { licensed: 1, waiting: 0 } },
    })
    expect((await api('PUT', `/groups/${id}/licence`, { type: null })).body.licence).toBeNull()
    expect((await api('GET', '/users?type=readOnly&state=licensed&active=true')).body.total).toBe(2)
  })

  test('another default licence of a configuration is that of the users it has made', async () => {
    const { scim, api } = await service.tenant({ concurrent: 1 }, 'none')
    for (const name of ['anna', 'bert']) await scim('POST', '/Users', newUser(name))
    const [{ id }] = (await api('GET', '/configurations')).body.configurations
    await api('PATCH', `/configurations/${id}`, { defaultLicence: 'concurrent' })
    const { users } = (await api('GET', '/users')).body
    expect(users.map((user: { licence: object }) => user.licence)).toEqual([
      { type: 'concurrent', state: 'licensed' },
      { type: 'concurrent', state: 'waiting' },
    ])
    expect((await scim('POST', '/Users', newUser('cleo'))).body[licence]).toEqual({
      type: 'concurrent',
      state: 'waiting',
    })
  })

  test('the audit trail is filtered, and paged by the numbers of its entries', async () => {
    const { scim, api } = await service.tenant()
    for (const name of ['anna', 'bert', 'cleo']) await scim('POST', '/Users', newUser(name))
    const read = async (query: string) => (await api('GET', `/audit?${query}`)).body
    const subjects = ({ entries }: { entries: { subject: string }[] }) => entries.map(({ subject }) => subject)
    const first = await read('action=user&count=2')
    expect([subjects(first), first.next]).toEqual([['cleo', 'bert'], expect.any(Number)])
    const last = await read(`action=user&count=2&before=${first.next}`)
    expect([subjects(last), last.next]).toEqual([['anna'], null])
    expect(subjects(await read('actor=entr'))).toEqual(['cleo', 'bert', 'anna'])
    expect((await read('actor=management&action=tenant')).entries).toMatchObject([{ action: 'tenant created' }])
    expect(subjects(await read(`subjectId=${first.entries[0].subjectId}`))).toEqual(['cleo'])
    expect(subjects(await read('since=2999-01-01T00:00:00Z'))).toEqual([])
    expect(subjects(await read('subject=ER&until=2999-01-01T00:00:00%2B02:00'))).toEqual(['bert'])
  })

  test('what is done to configurations and their secrets stands in the audit trail, without the secrets', async () => {
    const { api } = await service.tenant()
    const { id } = (await api('POST', '/configurations', { name: 'Watched', defaultLicence: 'none' })).body
    await api('PATCH', `/configurations/${id}`, { access: 'readOnly', defaultLicence: 'named' })
    const added = (await api('POST', `/configurations/${id}/secrets`, {})).body
    await api('DELETE', `/configurations/${id}/secrets/${added.id}`)
    await api('DELETE', `/configurations/${id}`)
    const { body, text } = await api('GET', `/audit?subjectId=${id}`)
    const texts = body.entries.map(({ actor, action, subject, changed }: Record<string, string>) =>
      [actor, action, subject, changed].join(' | '),
    )
    expect(texts.reverse()).toEqual([
      'management API | configuration created | Watched | default licence none',
      'management API | default licence changed | Watched | none → named',
      'management API | configuration changed | Watched | access',
      `management API | secret added | Watched | ${added.id}, ends others: onFirstUse`,
      `management API | secret ended | Watched | ${added.id}`,
      'management API | configuration deleted | Watched | ',
    ])
    expect(text).not.toContain(added.clientSecret)
  })

  test('secrets are listed without what they are', async () => {
    const { api } = await service.tenant()
    const { id, clientSecret } = (await api('POST', '/configurations', { name: 'Listed' })).body
    const { body, text } = await api('GET', `/configurations/${id}/secrets`)
    expect(body.secrets).toEqual([
      { id: expect.any(String), createdAt: expect.any(String), expiresAt: expect.any(String), lastUsedAt: null },
    ])
    expect(text).not.toContain(clientSecret)
  })

  test.each([
    ['GET', '/users/x', undefined],
    ['GET', `/users/${randomUUID()}`, undefined],
    ['GET', '/groups/x', undefined],
    ['PUT', `/groups/${randomUUID()}/licence`, { type: 'named' }],
    ['GET', '/configurations/x', undefined],
    ['DELETE', '/configurations/x/secrets/y', undefined],
  ])('%s %s, which there is not, is 404', async (method, path, body) => {
    expect(await service.api(method, path, body)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })
})

describe('licence pool', () => {
  const states = async (scim: TestService['scim']): Promise<Record<string, string>> => {
    const { body } = await scim('GET', '/Users')
    return Object.fromEntries(
      body.Resources.map((user: Record<string, { state: string }>) => [user.userName, user[licence]?.state]),
    )
  }

  test('beyond the pool users are accepted and wait; a freed seat goes to the first who waits (L1, L3, L4, L8)', async () => {
    const { scim, api } = await service.tenant({ named: 2 })
    const ids: Record<string, string> = {}
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const made = await scim('POST', '/Users', newUser(name))
      expect(made).toMatchObject({ status: 201, body: { active: true } })
      ids[name] = made.body.id
    }
    expect(await states(scim)).toEqual({ a: 'licensed', b: 'licensed', c: 'waiting', d: 'waiting', e: 'waiting' })
    await scim('PATCH', `/Users/${ids.a}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }))
    expect(await states(scim)).toEqual({ a: 'none', b: 'licensed', c: 'licensed', d: 'waiting', e: 'waiting' })
    await scim('DELETE', `/Users/${ids.b}`)
    await scim('PATCH', `/Users/${ids.a}`, patchOf({ op: 'Replace', path: 'active', value: 'True' }))
    expect(await states(scim)).toEqual({ a: 'waiting', c: 'licensed', d: 'licensed', e: 'waiting' })
    const waiting = await api('GET', '/users?state=waiting')
    expect(waiting.body.users.map(({ userName }: { userName: string }) => userName)).toEqual(['e', 'a'])
    expect((await scim('GET', `/Users${filterBy(`${licence}:state eq "waiting"`)}`)).body.totalResults).toBe(2)
  })

  const inBulk = (method: string, path: string, data?: object): object => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [{ method, path, ...(method === 'POST' && { bulkId: '1' }), ...(data && { data }) }],
  })
  const activity = (active: boolean): object => patchOf({ op: 'replace', path: 'active', value: active })

  test.each<[string, (tenant: { scim: Call; api: Call }, user: string) => Promise<Answer>]>([
    ['PUT', ({ scim }, user) => scim('PUT', `/Users/${user}`, newUser('holder', { active: false }))],
    ['PATCH', ({ scim }, user) => scim('PATCH', `/Users/${user}`, activity(false))],
    ['DELETE', ({ scim }, user) => scim('DELETE', `/Users/${user}`)],
    ['PATCH in bulk', ({ scim }, user) => scim('POST', '/Bulk', inBulk('PATCH', `/Users/${user}`, activity(false)))],
    ['DELETE in bulk', ({ scim }, user) => scim('POST', '/Bulk', inBulk('DELETE', `/Users/${user}`))],
    ['a larger pool', ({ api }) => api('PUT', '', { licences: { named: 2 } })],
  ])('%s gives a seat to who waits, in its own transaction (L7)', async (_path, free) => {
    const tenant = await service.tenant({ named: 1 })
    const { id } = (await tenant.scim('POST', '/Users', newUser('holder'))).body
    await tenant.scim('POST', '/Users', newUser('waiter'))
    await free(tenant, id)
    expect(await states(tenant.scim)).toMatchObject({ waiter: 'licensed' })
    expect((await tenant.api('GET', '/audit?action=licence')).body.entries).toMatchObject([
      { action: 'licence given', subject: 'waiter', changed: 'named' },
    ])
  })

  test.each<[string, (scim: Call, user: string) => Promise<Answer>]>([
    ['PUT', (scim, user) => scim('PUT', `/Users/${user}`, newUser('comer', { active: true }))],
    ['PATCH', (scim, user) => scim('PATCH', `/Users/${user}`, activity(true))],
    ['PATCH in bulk', (scim, user) => scim('POST', '/Bulk', inBulk('PATCH', `/Users/${user}`, activity(true)))],
    ['POST in bulk', (scim) => scim('POST', '/Bulk', inBulk('POST', '/Users', newUser('another')))],
  ])('%s beyond the pool is accepted, and waits (L4, L7)', async (_path, come) => {
    const { scim, api } = await service.tenant({ named: 1 })
    const { id } = (await scim('POST', '/Users', newUser('comer', { active: false }))).body
    await scim('POST', '/Users', newUser('holder'))
    expect((await come(scim, id)).status).toBe(200)
    expect((await api('GET', '')).body.counts).toMatchObject({ activeUsers: 2, licensed: 1, waiting: 1 })
  })

  test('a larger pool promotes in order, a smaller one evicts nobody (L5, L6, L10)', async () => {
    const { scim, api } = await service.tenant({ named: 1 })
    for (const name of ['a', 'b', 'c']) await scim('POST', '/Users', newUser(name))
    const grown = await api('PUT', '', { licences: { named: 2 } })
    expect(grown.body.counts).toMatchObject({ licensed: 2, waiting: 1, byType: { named: { licensed: 2, waiting: 1 } } })
    expect(await states(scim)).toEqual({ a: 'licensed', b: 'licensed', c: 'waiting' })
    const [promoted] = (await scim('GET', `/Users${filterBy('userName eq "b"')}`)).body.Resources
    expect(promoted.meta.version).toBe('W/"2"')
    const shrunk = await api('PUT', '', { licences: { named: 0 } })
    expect(shrunk.body.counts).toMatchObject({ licensed: 2, waiting: 1 })
    expect((await api('PUT', '', { licences: { named: null } })).body.counts).toMatchObject({ licensed: 3, waiting: 0 })
  })

  test('of users made at the same time exactly as many are licensed as there are seats (L2)', async () => {
    const { scim, api } = await service.tenant({ named: 3 })
    await Promise.all(Array.from({ length: 10 }, (_, index) => scim('POST', '/Users', newUser(`p${index}`))))
    expect((await api('GET', '')).body.counts).toMatchObject({ users: 10, licensed: 3, waiting: 7 })
  })

  test('a user that could not be made takes no seat (L12)', async () => {
    const { scim, api } = await service.tenant({ named: 2 })
    await scim('POST', '/Users', newUser('a'))
    expect((await scim('POST', '/Users', newUser('A'))).status).toBe(409)
    await scim('POST', '/Users', newUser('b'))
    expect((await api('GET', '')).body.counts).toMatchObject({ licensed: 2, waiting: 0 })
  })

  test('a configuration without licence gives none; clients cannot write the licence (L9)', async () => {
    const { scim } = await service.tenant({ named: 1 }, 'none')
    const { body } = await scim('POST', '/Users', newUser('a', { [licence]: { type: 'named', state: 'licensed' } }))
    expect(body[licence]).toEqual({ type: 'none', state: 'none' })
  })
})

test('health and readiness need no credential', async () => {
  const base = new URL(service.ready.adminUrl).origin
  expect((await fetch(`${base}/healthz`)).status).toBe(200)
  expect((await fetch(`${base}/readyz`)).status).toBe(200)
})

test('a schema that the tenant adds is discovered, validated, stored and filtered by; a wrong one is refused by its path', async () => {
  const { api, scim } = await service.tenant()
  const id = 'urn:contoso:scim:schemas:badge:1.0:User'
  const attributes = [
    { name: 'level', type: 'integer' },
    { name: 'code', type: 'string', caseExact: true },
  ]
  const extensions = [{ resourceType: 'User', schema: { id, name: 'Badge', attributes } }]
  const wrong = [{ resourceType: 'User', schema: { id: 'badge', name: 'Badge', attributes } }]
  expect((await api('PUT', '', { settings: { extensions: wrong } })).body.error.message).toContain(
    'settings.extensions.0.schema.id: must be a URN',
  )
  expect((await api('PUT', '', { settings: { extensions } })).status).toBe(200)
  expect((await scim('GET', `/Schemas/${id}`)).body.attributes).toHaveLength(2)
  const made = await scim('POST', '/Users', newUser('anna', { [id]: { code: 'A-7' } }))
  expect(made.body).toMatchObject({ schemas: expect.arrayContaining([id]), [id]: { code: 'A-7' } })
  expect((await scim('GET', `/Users${filterBy(`${id}:code eq "A-7"`)}`)).body.totalResults).toBe(1)
  expect((await scim('GET', `/Users${filterBy(`${id}:code eq "a-7"`)}`)).body.totalResults).toBe(0)
})
