import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Call, newGroup, newUser, patchOf, startTestService, type TestService } from '../testing/service.ts'

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const custom = 'urn:example:params:scim:schemas:extension:badge:2.0:User'
const attributes = [
  { name: 'number', type: 'string', uniqueness: 'server' },
  { name: 'issued', type: 'dateTime', mutability: 'immutable' },
  { name: 'level', type: 'integer' },
  { name: 'pin', type: 'string', mutability: 'writeOnly' },
  { name: 'note', type: 'string', returned: 'request' },
  { name: 'printed', type: 'boolean', mutability: 'readOnly' },
]
const extensions = [{ resourceType: 'User', schema: { id: custom, name: 'Badge', attributes } }]

let service: TestService
let entra: Call
let strict: Call
beforeAll(async () => {
  service = await startTestService()
  entra = service.scim
  await service.api('PUT', '', { settings: { extensions } })
  const other = await service.tenant()
  await other.api('PUT', '', { settings: { profile: 'strict', extensions } })
  strict = other.scim
}, 60_000)
afterAll(() => service.close())

const create = async (userName: string, more?: object) => {
  const { status, body } = await entra('POST', '/Users', newUser(userName, more))
  expect(status).toBe(201)
  return body
}
const patch = (path: string, ...operations: object[]) => entra('PATCH', path, patchOf(...operations))
const nobody = '00000000-0000-4000-8000-000000000000'

describe('characteristics of attributes', () => {
  test('an immutable attribute keeps its first value (P16, C3)', async () => {
    const issued = '2026-01-31T08:00:00Z'
    const { id } = await create('immutable')
    const at = { op: 'add', path: `${custom}:issued`, value: issued }
    expect((await patch(`/Users/${id}`, at)).body[custom]).toEqual({ issued })
    expect((await patch(`/Users/${id}`, at)).status).toBe(200)
    for (const change of [
      { ...at, value: '2027-01-31T08:00:00Z' },
      { op: 'remove', path: at.path },
    ]) {
      expect((await patch(`/Users/${id}`, change)).body).toMatchObject({ status: '400', scimType: 'mutability' })
    }
    const other = newUser('immutable', { [custom]: { issued: '2027-01-31T08:00:00Z' } })
    expect((await entra('PUT', `/Users/${id}`, other)).body).toMatchObject({ scimType: 'mutability' })
    expect((await entra('PUT', `/Users/${id}`, newUser('immutable'))).body[custom]).toEqual({ issued })
  })

  test('what is written only is never shown, what is shown on request is shown to its writer (C5, C8, P35)', async () => {
    const made = await create('secretive', { password: 'p', [custom]: { pin: '1234', note: 'n', level: 1 } })
    expect(made[custom]).toEqual({ note: 'n', level: 1 })
    const path = `/Users/${made.id}`
    expect((await entra('GET', path)).body[custom]).toEqual({ level: 1 })
    expect((await entra('GET', `${path}?attributes=${custom}:note,${custom}:pin,password`)).body[custom]).toEqual({
      note: 'n',
    })
    const changed = await patch(path, { op: 'replace', path: `${custom}:pin`, value: '5678' })
    expect(changed.body[custom]).toEqual({ level: 1 })
    expect(changed.body.meta.version).toBe('W/"2"')
    expect((await patch(path, { op: 'replace', path: 'password', value: 'q' })).body.meta.version).toBe('W/"2"')
  })

  test('what is read-only is ignored in POST and PUT and refused in PATCH (C1, P15, Q29)', async () => {
    const readOnly = { id: 'x', meta: { version: 'W/"9"' }, groups: [{ value: nobody }], [custom]: { printed: true } }
    const { id, ...made } = await create('readonly', readOnly)
    expect([made.groups, made[custom], made.meta.version]).toEqual([undefined, undefined, 'W/"1"'])
    expect((await entra('PUT', `/Users/${id}`, newUser('readonly', readOnly))).body.meta.version).toBe('W/"1"')
    for (const path of ['id', 'meta.created', 'groups', `${custom}:printed`]) {
      const answer = await patch(`/Users/${id}`, { op: 'replace', path, value: 'x' })
      expect(answer.body).toMatchObject({ status: '400', scimType: 'mutability' })
    }
  })

  test('a value that must be unique is, whatever its case (U11)', async () => {
    await create('unique-1', { [custom]: { number: 'A-1' } })
    const second = await create('unique-2', { [custom]: { number: 'A-2' } })
    const taken = { [custom]: { number: 'a-1' } }
    for (const answer of [
      await entra('POST', '/Users', newUser('unique-3', taken)),
      await entra('PUT', `/Users/${second.id}`, newUser('unique-2', taken)),
      await patch(`/Users/${second.id}`, { op: 'replace', path: `${custom}:number`, value: 'a-1' }),
    ]) {
      expect(answer.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
    }
  })
})

describe('user names', () => {
  test.each([
    ['in full-width letters', 'Wide', '\uff37\uff29\uff24\uff25'],
    ['decomposed', 'Zo\u00eb', 'ZOE\u0308'],
  ])('are the same %s (U2)', async (_name, first, second) => {
    await create(first)
    expect((await entra('POST', '/Users', newUser(second))).status).toBe(409)
  })

  test('of a deleted user are free, of a disabled one not (U7, U8, Q30); externalIds are not unique (U6)', async () => {
    const first = await create('reused', { externalId: 'same' })
    await patch(`/Users/${first.id}`, { op: 'replace', path: 'active', value: false })
    expect((await entra('POST', '/Users', newUser('reused'))).status).toBe(409)
    await entra('DELETE', `/Users/${first.id}`)
    const second = await create('reused', { externalId: 'same' })
    expect(second.id).not.toBe(first.id)
    await create('reused-2', { externalId: 'same' })
  })

  test('are of one tenant (U10), kept in the case of the last write (U3)', async () => {
    const { id } = await create('Anna@x')
    expect((await strict('POST', '/Users', newUser('anna@X'))).status).toBe(201)
    expect((await entra('PUT', `/Users/${id}`, newUser('ANNA@x'))).body.userName).toBe('ANNA@x')
  })
})

describe('conditions', () => {
  const version = async (headers: Record<string, string>): Promise<number> => {
    const { id } = await create(`conditional-${JSON.stringify(headers)}`)
    const change = patchOf({ op: 'add', path: 'title', value: 't' })
    return (await entra('PATCH', `/Users/${id}`, change, headers)).status
  }

  test.each([
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': 'W/"1"' }, 200],
    [{ 'if-match': '"1"' }, 200],
    [{ 'if-match': 'W/"7", W/"1"' }, 200],
    [{ 'if-match': 'W/"2"' }, 412],
    [{ 'if-match': 'nonsense' }, 412],
    [{ 'if-none-match': 'W/"1"' }, 412],
    [{ 'if-none-match': 'W/"2"' }, 200],
  ])('%j is %d (E3, E4, E5, E6)', async (headers, status) => {
    expect(await version(headers)).toBe(status)
  })

  test.each(['Users', 'Groups'])('are for PUT, PATCH and DELETE of %s alike (E3)', async (endpoint) => {
    const data = endpoint === 'Users' ? newUser('stale') : newGroup('Stale')
    const { body } = await entra('POST', `/${endpoint}`, data)
    const path = `/${endpoint}/${body.id}`
    const change = patchOf({ op: 'add', path: 'externalId', value: 'e' })
    const stale = { 'if-match': 'W/"3"' }
    for (const answer of [
      await entra('PUT', path, data, stale),
      await entra('PATCH', path, change, stale),
      await entra('DELETE', path, undefined, stale),
      await entra('DELETE', path, undefined, { 'if-none-match': '*' }),
    ]) {
      expect(answer.body).toMatchObject({ status: '412', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] })
    }
    expect((await entra('GET', path)).headers.get('etag')).toBe('W/"1"')
    expect((await entra('PATCH', `/${endpoint}/${nobody}`, change, { 'if-match': '*' })).status).toBe(404)
  })

  test('If-None-Match goes with a projection (E10)', async () => {
    const { id } = await create('projected')
    const answer = await entra('GET', `/Users/${id}?attributes=userName`, undefined, { 'if-none-match': 'W/"1"' })
    expect(answer).toMatchObject({ status: 304, text: '' })
    expect(answer.headers.get('etag')).toBe('W/"1"')
  })

  test('members move the version of their group only (E9)', async () => {
    const user = await create('member')
    const { body: group } = await entra('POST', '/Groups', newGroup('Moves', { members: [{ value: user.id }] }))
    expect((await entra('GET', `/Users/${user.id}`)).body.meta.version).toBe('W/"1"')
    await patch(`/Groups/${group.id}`, { op: 'remove', path: 'members' })
    expect((await entra('GET', `/Groups/${group.id}`)).body.meta.version).toBe('W/"2"')
  })
})

describe('answers', () => {
  test('Prefer says whether the resource is in the answer (RFC 7240)', async () => {
    const minimal = { prefer: 'return=minimal' }
    const made = await entra('POST', '/Users', newUser('preferring'), minimal)
    expect([made.status, made.text, made.headers.get('preference-applied')]).toEqual([201, '', 'return=minimal'])
    const path = made.headers.get('location')!.split('/v2')[1]!
    const change = patchOf({ op: 'add', path: 'title', value: 't' })
    const changed = await entra('PATCH', path, change, minimal)
    expect([changed.status, changed.headers.get('etag')]).toEqual([204, 'W/"2"'])
    expect((await entra('PUT', path, newUser('preferring'), minimal)).status).toBe(204)
    const { body } = await entra('POST', '/Groups', newGroup('Preferring'))
    const rename = patchOf({ op: 'replace', path: 'displayName', value: 'Preferred' })
    const shown = await entra('PATCH', `/Groups/${body.id}`, rename, { prefer: 'return=representation' })
    expect(shown).toMatchObject({ status: 200, body: { displayName: 'Preferred' } })
  })

  test('to a PATCH that names attributes hold those, whatever is preferred (P33)', async () => {
    const { id } = await create('asking')
    const change = patchOf({ op: 'add', path: 'title', value: 't' })
    const answer = await entra('PATCH', `/Users/${id}?attributes=userName`, change, { prefer: 'return=minimal' })
    expect([answer.status, Object.keys(answer.body).sort()]).toEqual([200, ['id', 'schemas', 'userName']])
  })

  test('show what a write made, the name of a new manager included (C15, C16, C18, Q31)', async () => {
    const boss = await create('the-boss', { displayName: 'The Boss' })
    const made = await create('managed', { [enterpriseUrn]: { manager: boss.id } })
    expect(made[enterpriseUrn].manager).toMatchObject({ value: boss.id, displayName: 'The Boss' })
    expect(made).toEqual((await entra('GET', `/Users/${made.id}`)).body)
    expect(made.meta.lastModified).toBe(made.meta.created)
    expect(typeof made.id).toBe('string')
  })

  test('to what is gone are 404 (P41, C4, X15, Q18)', async () => {
    const { id } = await create('gone')
    expect((await entra('DELETE', `/Users/${id}`)).status).toBe(204)
    const again = await entra('POST', '/Users', newUser('gone'))
    expect(again.status).toBe(201)
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', newUser('gone')],
      ['PATCH', patchOf({ op: 'remove', path: 'title' })],
      ['DELETE', undefined],
    ] as const) {
      expect((await entra(method, `/Users/${id}`, body)).status).toBe(404)
    }
  })
})

describe('members', () => {
  const membersOf = async (id: string): Promise<string[]> =>
    ((await entra('GET', `/Groups/${id}`)).body.members ?? []).map(({ value }: { value: string }) => value)

  test('are selected by type, name, address and any filter of them (P26)', async () => {
    const users = await Promise.all(
      ['ann', 'ben', 'cas'].map((name) => create(`select-${name}`, { displayName: name })),
    )
    const { body: inner } = await entra('POST', '/Groups', newGroup('Inner'))
    const all = [...users.map(({ id }) => id), inner.id]
    const { body: group } = await entra(
      'POST',
      '/Groups',
      newGroup('Select', { members: all.map((value) => ({ value })) }),
    )
    const path = `/Groups/${group.id}`
    const [ann, ben, cas] = users
    for (const [filter, left] of [
      ['type eq "group"', [ann.id, ben.id, cas.id]],
      ['display eq "ANN"', [ben.id, cas.id]],
      [`$ref eq "${ben.meta.location}"`, [cas.id]],
      ['not (value pr)', [cas.id]],
      ['value ne "x"', []],
    ] as const) {
      expect((await patch(path, { op: 'remove', path: `members[${filter}]` })).status).toBe(204)
      expect((await membersOf(group.id)).sort()).toEqual([...left].sort())
    }
    await patch(path, { op: 'add', path: 'members', value: [{ $ref: ann.meta.location }] })
    expect(await membersOf(group.id)).toEqual([ann.id])
  })

  test('that a filter selects are replaced; without a match there is no target', async () => {
    const [first, second] = [await create('swap-1'), await create('swap-2')]
    const { body: group } = await entra('POST', '/Groups', newGroup('Swap', { members: [{ value: first.id }] }))
    const swap = { op: 'replace', path: `members[value eq "${first.id}"]`, value: { value: second.id } }
    expect((await patch(`/Groups/${group.id}`, swap)).status).toBe(204)
    expect(await membersOf(group.id)).toEqual([second.id])
    expect((await patch(`/Groups/${group.id}`, swap)).body).toMatchObject({ status: '400', scimType: 'noTarget' })
  })

  test('see what earlier operations did (P7) and go with other attributes, all or nothing (P6)', async () => {
    const user = await create('both')
    const { body: group } = await entra('POST', '/Groups', newGroup('Both'))
    const add = { op: 'add', path: 'members', value: [{ value: user.id }] }
    const rename = { op: 'replace', path: 'displayName', value: 'Both 2' }
    const both = await patch(`/Groups/${group.id}?attributes=displayName,members`, add, rename)
    expect(both.body).toMatchObject({ displayName: 'Both 2', members: [{ value: user.id, type: 'User' }] })
    const remove = { op: 'remove', path: 'members[type eq "User"]' }
    await patch(`/Groups/${group.id}`, remove, add, remove)
    expect(await membersOf(group.id)).toEqual([])
    const bad = { op: 'add', path: 'members', value: [{ value: nobody }] }
    expect((await patch(`/Groups/${group.id}`, { ...rename, value: 'Both 3' }, bad)).status).toBe(400)
    expect((await entra('GET', `/Groups/${group.id}`)).body.displayName).toBe('Both 2')
  })

  test('by the thousand, some twice and some there already, are each once (P36, P38, Q32)', async () => {
    const operations = Array.from({ length: 300 }, (_, n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `${n}`,
      data: newUser(`crowd-${n}`),
    }))
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
    const { body } = await entra('POST', '/Bulk', { schemas, Operations: operations })
    const ids: string[] = body.Operations.map(({ location }: { location: string }) => location.split('/').at(-1))
    const { body: group } = await entra(
      'POST',
      '/Groups',
      newGroup('Crowd', { members: ids.slice(0, 100).map((value) => ({ value })) }),
    )
    const value = [...ids, ...ids, ...ids].map((id) => ({ value: id }))
    await patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value })
    expect((await membersOf(group.id)).sort()).toEqual([...ids].sort())
  })

  test('cannot be renamed or changed in place; a group may hold itself (P46, P48, M8)', async () => {
    const { body: group } = await entra('POST', '/Groups', newGroup('Self'))
    const path = `/Groups/${group.id}`
    expect((await patch(path, { op: 'add', path: 'members', value: [{ value: group.id, display: 'x' }] })).status).toBe(
      204,
    )
    expect((await entra('GET', path)).body.members).toMatchObject([{ value: group.id, display: 'Self', type: 'Group' }])
    for (const sub of ['value', 'display']) {
      const change = { op: 'replace', path: `members[value eq "${group.id}"].${sub}`, value: 'x' }
      expect((await patch(path, change)).body).toMatchObject({ status: '400', scimType: 'mutability' })
    }
    expect((await patch(path, { op: 'remove', path: 'displayName' })).body.scimType).toBe('mutability')
  })
})

describe('/Me (D9, D10)', () => {
  test('is nobody for a client, unless a user has the subject of its token as name', async () => {
    const { scim, api } = await service.tenant()
    expect((await scim('GET', '/Me')).body).toMatchObject({ status: '404' })
    const { body } = await api('GET', '/configurations')
    const { body: me } = await scim('POST', '/Users', newUser(body.configurations[0].id))
    const answer = await scim('PATCH', '/Me', patchOf({ op: 'add', path: 'title', value: 'Robot' }))
    expect(answer.body).toMatchObject({ id: me.id, title: 'Robot' })
    expect(answer.headers.get('content-location')).toBe(me.meta.location)
    expect((await scim('DELETE', '/Me')).status).toBe(204)
    expect((await scim('GET', '/Me')).status).toBe(404)
  })
})

describe('a client that may only read (A16)', () => {
  test('is refused every write', async () => {
    const { scim, api } = await service.tenant()
    const { body: user } = await scim('POST', '/Users', newUser('untouched'))
    const { body } = await api('GET', '/configurations')
    await api('PATCH', `/configurations/${body.configurations[0].id}`, { access: 'readOnly' })
    for (const [method, path, data] of [
      ['POST', '/Users', newUser('new')],
      ['PUT', `/Users/${user.id}`, newUser('new')],
      ['PATCH', `/Users/${user.id}`, patchOf({ op: 'remove', path: 'title' })],
      ['DELETE', `/Users/${user.id}`, undefined],
      ['POST', '/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] }],
    ] as const) {
      expect((await scim(method, path, data)).body).toMatchObject({ status: '403' })
    }
    expect((await scim('GET', `/Users/${user.id}`)).status).toBe(200)
  })
})

describe('the strict profile', () => {
  test.each([
    ['an unknown attribute (N9)', newUser('s', { unknown: 1 }), 'invalidSyntax'],
    ['an unknown sub-attribute (N9)', newUser('s', { name: { unknown: 1 } }), 'invalidSyntax'],
    [
      'an unknown schema (C19)',
      { ...newUser('s'), schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', 'urn:x'] },
      'invalidSyntax',
    ],
    ['a boolean as text (N6)', newUser('s', { active: 'True' }), 'invalidValue'],
    ['a manager as text (Q5)', newUser('s', { [enterpriseUrn]: { manager: 'id' } }), 'invalidValue'],
  ])('refuses %s', async (_name, body, scimType) => {
    expect((await strict('POST', '/Users', body)).body).toMatchObject({ status: '400', scimType })
  })

  test.each([
    ['an unknown path (P31)', { op: 'replace', path: 'nosuch', value: 1 }, 'invalidPath'],
    ['a read-only key', { op: 'replace', value: { id: 'x' } }, 'mutability'],
    ['text without quotes (F20)', { op: 'remove', path: 'emails[type eq work]' }, 'invalidFilter'],
    [
      'a target that is not there (P9)',
      { op: 'replace', path: 'emails[type eq "other"].value', value: 'x' },
      'noTarget',
    ],
    [
      'values to remove beside the path (P25)',
      { op: 'remove', path: 'emails', value: [{ value: 'x' }] },
      'invalidValue',
    ],
  ])('refuses in a PATCH %s', async (name, operation, scimType) => {
    const { body } = await strict('POST', '/Users', newUser(name))
    const answer = await strict('PATCH', `/Users/${body.id}`, patchOf(operation))
    expect(answer.body).toMatchObject({ status: '400', scimType })
  })

  test('stores "" (N3), answers a group PATCH with the group, and 406 to who wants no JSON (X5)', async () => {
    const { body: user } = await strict('POST', '/Users', newUser('empty', { title: '' }))
    expect(user.title).toBe('')
    const { body: group } = await strict('POST', '/Groups', newGroup('Strict'))
    const rename = patchOf({ op: 'replace', path: 'displayName', value: 'Stricter' })
    expect((await strict('PATCH', `/Groups/${group.id}`, rename)).body).toMatchObject({ displayName: 'Stricter' })
    expect((await strict('GET', '/Users', undefined, { accept: 'text/html' })).status).toBe(406)
    expect((await entra('GET', '/Users', undefined, { accept: 'text/html' })).status).toBe(200)
  })
})
