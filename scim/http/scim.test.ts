import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type Call,
  filterBy,
  newGroup,
  newUser,
  patchOf,
  startTestService,
  type TestService,
} from '../testing/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startTestService()
}, 60_000)
afterAll(() => service.close())

const call: TestService['scim'] = (...parameters) => service.scim(...parameters)
const create = async (userName: string, more?: object) => (await call('POST', '/Users', newUser(userName, more))).body

describe('what Entra does to a user', () => {
  test('probe, create, find, read, change, disable, restore, delete (Q1, Q2, Q17, Q19, Q24, Q25, E1, N1, X13, X14, X15)', async () => {
    const probe = await call('GET', `/Users?filter=userName+eq+%22anna@contoso.test%22&aadOptscim062020`)
    expect(probe).toMatchObject({ status: 200, body: { totalResults: 0, Resources: [] } })
    const made = await call('POST', '/Users?aadOptscim062020', {
      schemas: [
        'urn:ietf:params:scim:schemas:core:2.0:User',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      ],
      externalId: 'anna',
      userName: 'Anna@contoso.test',
      active: true,
      emails: [{ primary: true, type: 'work', value: 'anna@contoso.test' }],
      meta: { resourceType: 'User' },
      title: null,
      roles: [],
      'urn:ietf:params:scim:schemas:extension:info:2.0:User': { info1: 'Kista' },
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(made.body.meta.location)
    expect(made.headers.get('etag')).toBe(made.body.meta.version)
    expect(made.headers.get('content-type')).toContain('application/scim+json')
    const { id } = made.body
    for (const filter of [
      'userName eq "ANNA@contoso.test"',
      'externalId eq "anna"',
      'emails[type eq "work"].value eq "anna@contoso.test"',
    ]) {
      expect((await call('GET', `/Users${filterBy(filter)}`)).body.Resources).toMatchObject([{ id }])
    }
    expect((await call('GET', `/Users${filterBy('externalId eq "ANNA"')}`)).body.totalResults).toBe(0)
    const changed = await call('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }))
    expect(changed).toMatchObject({ status: 200, body: { active: false, userName: 'Anna@contoso.test' } })
    expect((await call('GET', `/Users${filterBy('userName eq "anna@contoso.test"')}`)).body.Resources).toMatchObject([
      { active: false },
    ])
    const restored = await call('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'True' }))
    expect(restored).toMatchObject({ status: 200, body: { active: true } })
    expect(restored.headers.get('etag')).toBe(restored.body.meta.version)
    expect((await call('POST', '/Users', newUser('anna@contoso.test'))).status).toBe(409)
    expect((await call('DELETE', `/Users/${id}`, undefined, { 'content-type': 'application/scim+json' })).status).toBe(
      204,
    )
    expect((await call('GET', `/Users/${id}`)).status).toBe(404)
    expect((await call('DELETE', `/Users/${id}`)).status).toBe(404)
  })

  test('everything stored is returned, and nothing else of what was sent (Q16, C1, N9)', async () => {
    const info = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'
    const user = await create('stored@x', {
      id: 'mine',
      unknown: 1,
      password: 'p',
      displayName: 'S',
      [info]: { info2: 'b' },
    })
    const { body, text } = await call('GET', `/Users/${user.id}`)
    expect(body).toMatchObject({ userName: 'stored@x', displayName: 'S', [info]: { info2: 'b' } })
    expect(body.schemas).toContain(info)
    expect(text).not.toMatch(/unknown|password|mine/)
  })

  test('a manager sent as text is returned as an object in the extension (Q4, Q8), and can be asked for (Q-reference check)', async () => {
    const boss = await create('boss@x')
    const user = await create('reports@x')
    const path = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'
    const { body } = await call('PATCH', `/Users/${user.id}`, patchOf({ op: 'Add', path, value: boss.id }))
    expect(body['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'].manager).toMatchObject({ value: boss.id })
    const check = `id eq "${user.id}" and manager eq "${boss.id}"`
    expect((await call('GET', `/Users${filterBy(check)}&attributes=id`)).body.totalResults).toBe(1)
  })
})

describe('users', () => {
  test('a taken name is 409 uniqueness, whatever its case, also when two ask at once (U1, U4, U5)', async () => {
    const both = await Promise.all([
      call('POST', '/Users', newUser('Twin@x')),
      call('POST', '/Users', newUser('tWIN@x')),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
    const other = await create('other@x')
    const rename = patchOf({ op: 'replace', path: 'userName', value: 'TWIN@x' })
    expect((await call('PATCH', `/Users/${other.id}`, rename)).status).toBe(409)
    const own = patchOf({ op: 'replace', path: 'userName', value: 'OTHER@x' })
    expect((await call('PATCH', `/Users/${other.id}`, own)).body.userName).toBe('OTHER@x')
  })

  test('PUT replaces: what it does not name is cleared (N4, C2)', async () => {
    const user = await create('put@x', { nickName: 'n', title: 't' })
    const { body } = await call('PUT', `/Users/${user.id}`, newUser('put@x', { id: 'other', title: 'u' }))
    expect(body).toMatchObject({ id: user.id, title: 'u' })
    expect(body.nickName).toBeUndefined()
    expect((await call('PUT', '/Users/00000000-0000-4000-8000-000000000000', newUser('put2@x'))).status).toBe(404)
  })

  test('a PATCH that changes nothing leaves the version (E8)', async () => {
    const user = await create('same@x', { title: 't' })
    const { body } = await call('PATCH', `/Users/${user.id}`, patchOf({ op: 'replace', path: 'title', value: 't' }))
    expect(body.meta).toEqual(user.meta)
  })

  test('of two writes with one valid If-Match exactly one succeeds (E3, E7)', async () => {
    const user = await create('race@x')
    const write = (title: string) =>
      call('PATCH', `/Users/${user.id}`, patchOf({ op: 'add', path: 'title', value: title }), {
        'if-match': user.meta.version,
      })
    const statuses = (await Promise.all([write('a'), write('b')])).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 412])
    expect((await call('DELETE', `/Users/${user.id}`, undefined, { 'if-match': 'W/"1"' })).status).toBe(412)
  })

  test('writes without If-Match at the same time are all kept', async () => {
    const user = await create('parallel@x')
    const names = ['title', 'nickName', 'locale', 'timezone', 'userType']
    await Promise.all(
      names.map((path) => call('PATCH', `/Users/${user.id}`, patchOf({ op: 'add', path, value: path }))),
    )
    expect((await call('GET', `/Users/${user.id}`)).body).toMatchObject(
      Object.fromEntries(names.map((name) => [name, name])),
    )
  })

  test('If-None-Match answers 304 without a body (E2)', async () => {
    const user = await create('cached@x')
    const answer = await call('GET', `/Users/${user.id}`, undefined, { 'if-none-match': user.meta.version })
    expect(answer).toMatchObject({ status: 304, text: '' })
  })
})

describe('groups', () => {
  const members = async (id: string): Promise<string[]> =>
    ((await call('GET', `/Groups/${id}`)).body.members ?? []).map(({ value }: { value: string }) => value).sort()

  test('what Entra does: create empty, find without members, add, remove, rename, delete (Q9, Q10, Q11, Q12, Q26, U9)', async () => {
    const [a, b] = [await create('m1@x'), await create('m2@x')]
    const made = await call('POST', '/Groups', {
      schemas: [
        'urn:ietf:params:scim:schemas:core:2.0:Group',
        'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
      ],
      externalId: 'object-id',
      displayName: 'Sales',
      members: [],
    })
    expect(made.status).toBe(201)
    const { id } = made.body
    const add = {
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: a.id },
        { $ref: null, value: b.id },
      ],
    }
    expect(await call('PATCH', `/Groups/${id}`, patchOf(add))).toMatchObject({ status: 204, text: '' })
    const found = await call(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "sales"')}`,
    )
    expect(found.body.Resources).toMatchObject([{ id, externalId: 'object-id' }])
    expect(found.body.Resources[0].members).toBeUndefined()
    expect((await call('GET', `/Groups${filterBy(`id eq "${id}" and members eq "${a.id}"`)}`)).body.totalResults).toBe(
      1,
    )
    expect((await call('GET', `/Users/${a.id}`)).body.groups).toMatchObject([{ value: id, display: 'Sales' }])
    const remove = { op: 'Remove', path: 'members', value: [{ $ref: null, value: a.id }] }
    expect((await call('PATCH', `/Groups/${id}`, patchOf(remove))).status).toBe(204)
    expect(await members(id)).toEqual([b.id])
    const rename = patchOf({ op: 'Replace', path: 'displayName', value: 'Sales EU' })
    expect((await call('PATCH', `/Groups/${id}?attributes=displayName`, rename)).body.displayName).toBe('Sales EU')
    expect((await call('POST', '/Groups', newGroup('SALES eu'))).body).toMatchObject({
      status: '409',
      scimType: 'uniqueness',
    })
    expect((await call('DELETE', `/Groups/${id}`)).status).toBe(204)
    expect((await call('GET', `/Groups/${id}`)).status).toBe(404)
  })

  test('the version moves only when a membership does (P1, P11)', async () => {
    const user = await create('once@x')
    const group = (await call('POST', '/Groups', newGroup('Versions', { members: [{ value: user.id }] }))).body
    const again = patchOf({ op: 'add', path: 'members', value: [{ value: user.id }] })
    const stranger = patchOf({ op: 'remove', path: 'members[value eq "00000000-0000-4000-8000-000000000000"]' })
    for (const change of [again, stranger]) {
      expect((await call('PATCH', `/Groups/${group.id}`, change)).headers.get('etag')).toBe('W/"1"')
    }
    const all = patchOf({ op: 'remove', path: 'members' })
    expect((await call('PATCH', `/Groups/${group.id}`, all)).headers.get('etag')).toBe('W/"2"')
  })

  test('members added at the same time by many are all kept (P37)', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, (_, index) => create(`many${index}@x`)))
    const group = (await call('POST', '/Groups', newGroup('Many'))).body
    await Promise.all(
      users.map(({ id }) =>
        call('PATCH', `/Groups/${group.id}`, patchOf({ op: 'add', path: 'members', value: [{ value: id }] })),
      ),
    )
    expect(await members(group.id)).toEqual(users.map(({ id }) => id).sort())
  })

  test('five streams of requests at a time, as Entra sends them, are all answered and all kept (Q27)', async () => {
    const group = (await call('POST', '/Groups', newGroup('Peak'))).body
    const statuses = new Set<number>()
    const send: Call = async (...request) => {
      const answer = await call(...request)
      statuses.add(answer.status)
      return answer
    }
    const stream = async (number: number): Promise<void> => {
      for (let step = 0; step < 8; step++) {
        const userName = `peak-${number}-${step}`
        await send('GET', `/Users${filterBy(`userName eq "${userName}"`)}`)
        const { id } = (await send('POST', '/Users', newUser(userName))).body
        await send('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }))
        await send('PATCH', `/Groups/${group.id}`, patchOf({ op: 'Add', path: 'members', value: [{ value: id }] }))
      }
    }
    await Promise.all([1, 2, 3, 4, 5].map(stream))
    expect([...statuses].sort()).toEqual([200, 201, 204])
    expect(await members(group.id)).toHaveLength(40)
  })

  test('an unknown member is refused and nothing is stored (P6, P40)', async () => {
    const user = await create('known@x')
    const group = (await call('POST', '/Groups', newGroup('Refusing'))).body
    const value = [{ value: user.id }, { value: '00000000-0000-4000-8000-000000000000' }]
    const answer = await call('PATCH', `/Groups/${group.id}`, patchOf({ op: 'add', path: 'members', value }))
    expect(answer.body).toMatchObject({
      status: '400',
      scimType: 'invalidValue',
      detail: expect.stringContaining('00000000-0000'),
    })
    expect(await members(group.id)).toEqual([])
  })

  test('a deleted user leaves the groups, whose version moves (P47)', async () => {
    const user = await create('leaver@x')
    const group = (await call('POST', '/Groups', newGroup('Left', { members: [{ value: user.id }] }))).body
    await call('DELETE', `/Users/${user.id}`)
    const after = (await call('GET', `/Groups/${group.id}`)).body
    expect(after.members).toBeUndefined()
    expect(after.meta.version).toBe('W/"2"')
  })

  test('PUT sets exactly the members given', async () => {
    const [a, b] = [await create('put-a@x'), await create('put-b@x')]
    const group = (await call('POST', '/Groups', newGroup('Put', { members: [{ value: a.id }] }))).body
    await call('PUT', `/Groups/${group.id}`, newGroup('Put 2', { members: [{ value: b.id }] }))
    expect(await members(group.id)).toEqual([b.id])
  })
})

describe('errors', () => {
  test.each([
    ['an unknown path', 'GET', '/Foo', undefined, 404, undefined],
    ['an id that is none', 'GET', '/Users/not-an-id', undefined, 404, undefined],
    ['a very long id', 'GET', `/Users/${'x'.repeat(400)}`, undefined, 404, undefined],
    ['broken JSON', 'POST', '/Users', '{"broken', 400, 'invalidSyntax'],
    ['an empty body', 'POST', '/Users', '', 400, 'invalidSyntax'],
    ['an array', 'POST', '/Users', '[]', 400, 'invalidSyntax'],
    ['no schemas', 'POST', '/Users', { userName: 'no-schemas' }, 400, 'invalidSyntax'],
    ['a blank name', 'POST', '/Users', newUser(''), 400, 'invalidValue'],
    ['no name (C20)', 'POST', '/Users', newUser(undefined as never), 400, 'invalidValue'],
    ['no operations (P4, Q34)', 'PATCH', '/Users/1', patchOf(), 400, 'invalidSyntax'],
    ['a schema of another type (C19)', 'POST', '/Users', newGroup('g'), 400, 'invalidSyntax'],
    ['a NUL', 'POST', '/Users', newUser('nul\0'), 400, 'invalidValue'],
    ['a lone surrogate', 'POST', '/Users', newUser('surrogate\ud800'), 400, 'invalidValue'],
    ['a __proto__ key', 'POST', '/Users', '{"schemas":[],"__proto__":{"admin":true}}', 400, 'invalidSyntax'],
    ['a body too large', 'POST', '/Users', newUser('big', { title: 'x'.repeat(3_000_000) }), 413, undefined],
    ['a filter by an unknown attribute', 'GET', '/Users?filter=nosuch+eq+1', undefined, 400, 'invalidFilter'],
    ['a filter by password', 'GET', '/Users?filter=password+sw+%22a%22', undefined, 400, 'invalidFilter'],
    ['a filter on discovery', 'GET', '/Schemas?filter=id+pr', undefined, 403, undefined],
  ])('%s is refused (X1, X2)', async (_name, method, path, body, status, scimType) => {
    const answer = await call(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/scim+json')
    expect(answer.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
    })
    expect(answer.body.scimType).toBe(scimType)
  })

  test('text that is no JSON type is 415 (X7)', async () => {
    expect((await call('POST', '/Users', 'x', { 'content-type': 'text/plain' })).status).toBe(415)
  })
})
