import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { customExtensions } from '../schema/custom.ts'
import { putTenant } from '../storage/tenants.ts'
import { openTestDatabase } from '../testing/database.ts'
import * as cases from '../testing/filter-cases.ts'
import { enterprise } from '../testing/population.ts'
import {
  type Call,
  filterBy,
  newGroup,
  newUser,
  patchOf,
  startTestService,
  type TestService,
} from '../testing/service.ts'

const { core, ext } = cases
const extensions = [
  {
    resourceType: 'User' as const,
    schema: {
      id: ext,
      name: 'Test',
      attributes: [
        { name: 'level', type: 'integer' },
        { name: 'rate', type: 'decimal' },
        { name: 'note', type: 'string', returned: 'request' },
        { name: 'mark', type: 'string', returned: 'always' },
        { name: 'secret', type: 'string', returned: 'never', mutability: 'writeOnly' },
      ],
    },
  },
]

let service: TestService
/** A tenant with the users and groups below, and an empty one that holds to the RFCs. */
let scim: Call
let strict: Call
const ids: Record<string, string> = {}

beforeAll(async () => {
  const database = await openTestDatabase()
  service = await startTestService(database)
  const [first, second] = [await service.tenant(), await service.tenant()]
  const nameOf = (url: string): string => new URL(url).pathname.split('/')[1]!
  const settings = { extensions: customExtensions.parse(extensions) }
  await putTenant(database, nameOf(first.tenantUrl), { settings }, 'test')
  await putTenant(database, nameOf(second.tenantUrl), { settings: { profile: 'strict' } }, 'test')
  scim = first.scim
  strict = second.scim
  const make = async (name: string, path: string, body: object) => {
    const answer = await scim('POST', path, body)
    if (answer.status !== 201) throw new Error(answer.text)
    ids[name] = answer.body.id
  }
  await make('boss', '/Users', newUser('Boss', { displayName: 'The Boss', title: 'Zo\u00eb' }))
  await make(
    'u1',
    '/Users',
    newUser('BJensen', {
      externalId: 'Ext-1',
      displayName: 'a"b',
      emails: [
        { type: 'work', value: 'bj@example.com', primary: true },
        { type: 'home', value: 'babs@jensen.org' },
      ],
      [enterprise]: { department: 'R&D', manager: { value: ids.boss } },
      [ext]: { level: 10, rate: 1.0, note: 'n', mark: 'm', secret: 's' },
    }),
  )
  await make(
    'u2',
    '/Users',
    newUser('a+b@x.org', { active: false, displayName: '100%_', externalId: 'ext-2', [ext]: { level: 9, rate: 100 } }),
  )
  await make('u3', '/Users', newUser('C:\\', { displayName: 'C:\\', title: 'x] and (y or z', externalId: 'jyoung' }))
  await make('g1', '/Groups', newGroup('Tour Guides', { members: [{ value: ids.u1 }, { value: ids.u2 }] }))
  await make('g2', '/Groups', newGroup('All Staff', { members: [{ value: ids.g1 }] }))
}, 60_000)
afterAll(() => service.close())

const named = (body: { Resources: { id: string }[] }): string[] =>
  body.Resources.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id)!).sort()

/** `{u1}` in a filter stands for an id. */
const withIds = (text: string): string => text.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name]!)
const search = (path: string, filter: string, call = scim) => call('GET', `${path}${filterBy(withIds(filter))}`)

describe('filters of users', () => {
  test.each(cases.filtersOfUsers)('(%s) %s', async (_number, filter, expected) => {
    const { status, body } = await search('/Users', filter)
    expect(status).toBe(200)
    expect(named(body)).toEqual(expected)
    expect(body.totalResults).toBe(expected.length)
  })

  test('(F25) in a URL + is a space and %2B a plus', async () => {
    const { body } = await scim('GET', '/Users?filter=userName+eq+%22a%2Bb@x.org%22')
    expect(named(body)).toEqual(['u2'])
  })
})

describe('filters of groups', () => {
  test.each(cases.filtersOfGroups)('(%s) %s', async (_number, filter, expected) => {
    expect(named((await search('/Groups', filter)).body)).toEqual(expected)
  })

  test('(F38) members.$ref eq the address of a member', async () => {
    const { body } = await scim('GET', `/Groups/${ids.g1}`)
    const { $ref } = body.members.find(({ value }: { value: string }) => value === ids.u1)
    expect(named((await search('/Groups', `members.$ref eq "${$ref}"`)).body)).toEqual(['g1'])
  })
})

describe('filters that are refused with 400 invalidFilter', () => {
  test.each(cases.refusedFilters)('(%s) %#', async (_number, filter) => {
    expect(await search('/Users', filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  test.each(cases.refusedByStrict)('(%s) by a strict tenant: %s', async (_number, filter) => {
    expect(await search('/Users', filter, strict)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  test('(F45) one that is too long, in a URL and in a search', async () => {
    const filter = `userName eq "${'x'.repeat(16_500)}"`
    expect(await search('/Users', filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
    const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter }
    expect(await scim('POST', '/Users/.search', body)).toMatchObject({
      status: 400,
      body: { scimType: 'invalidFilter' },
    })
  })
})

describe('the root, of both types', () => {
  test.each(cases.filtersOfBoth)('(%s) %s', async (_number, filter, expected) => {
    expect(named((await search('', filter)).body)).toEqual(expected)
    expect((await search('/', filter)).body.totalResults).toBe(expected.length)
  })

  test('(F26) an attribute that neither has is refused', async () => {
    expect((await search('', 'nosuch pr')).body.scimType).toBe('invalidFilter')
  })

  test('(F39) a strict tenant takes the example of the RFC', async () => {
    expect((await search('', 'meta.resourceType eq User', strict)).body.totalResults).toBe(0)
  })

  test('(D13) mixes, sorts and pages them', async () => {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']
    const page = async (startIndex: number) => {
      const query = { schemas, sortBy: 'displayName', startIndex, count: 4, attributes: ['displayName'] }
      return (await scim('POST', '/.search', query)).body
    }
    const [first, second] = [await page(1), await page(5)]
    expect(first).toMatchObject({ totalResults: 6, startIndex: 1, itemsPerPage: 4 })
    expect([...first.Resources, ...second.Resources].map(({ displayName }) => displayName)).toEqual([
      '100%_',
      'a"b',
      'All Staff',
      'C:\\',
      'The Boss',
      'Tour Guides',
    ])
    expect(first.Resources[2]).toEqual({ schemas: [expect.any(String)], id: ids.g2, displayName: 'All Staff' })
  })
})

describe('searches', () => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']

  test('(D11) answer as lists do; attributes are a list', async () => {
    const body = {
      schemas,
      filter: 'userName eq "bjensen"',
      attributes: ['userName', 'emails.value'],
      startIndex: 1,
      count: 5,
    }
    const answer = await scim('POST', '/Users/.search', body)
    expect(answer.status).toBe(200)
    expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
    expect(answer.body.Resources).toEqual([
      {
        schemas: expect.any(Array),
        id: ids.u1,
        userName: 'BJensen',
        emails: [{ value: 'bj@example.com' }, { value: 'babs@jensen.org' }],
        [ext]: { mark: 'm' },
      },
    ])
  })

  test('(D12) need their schema, and ignore keys that are unknown', async () => {
    expect((await scim('POST', '/Groups/.search', { filter: 'id pr' })).body.scimType).toBe('invalidSyntax')
    expect((await scim('POST', '/Groups/.search', { schemas, unknown: 1, COUNT: 1 })).body.itemsPerPage).toBe(1)
    expect((await scim('POST', '/Groups/.search', { schemas, filter: { a: 1 } })).body.scimType).toBe('invalidValue')
  })

  test('(G26) go by cursor', async () => {
    const query = { schemas, count: 3, sortBy: 'userName', attributes: ['userName'] }
    const first = (await scim('POST', '/Users/.search', { ...query, cursor: '' })).body
    const second = (await scim('POST', '/Users/.search', { ...query, cursor: first.nextCursor })).body
    const names = [...first.Resources, ...second.Resources].map(({ userName }) => userName)
    expect(names).toEqual(['a+b@x.org', 'BJensen', 'Boss', 'C:\\'])
    expect(second.nextCursor).toBeUndefined()
  })
})

describe('pages', () => {
  let eleven: Call
  beforeAll(async () => {
    eleven = (await service.tenant()).scim
    for (let index = 0; index < 11; index++) {
      await eleven('POST', '/Users', newUser(`page${index % 2 ? 'A' : 'b'}${index}`, { title: `t${index % 3}` }))
    }
  })
  const numbers = (body: { Resources: { userName: string }[] }): number[] =>
    body.Resources.map(({ userName }) => Number(userName.slice(5)))
  const inOrder = Array.from({ length: 11 }, (_, index) => index)

  test.each([
    ['G1', 'startIndex=0&count=5', { startIndex: 1, itemsPerPage: 5 }],
    ['G1', 'startIndex=-5&count=5', { startIndex: 1, itemsPerPage: 5 }],
    ['G2', 'count=0', { itemsPerPage: 0, Resources: [] }],
    ['G3', 'count=-1', { itemsPerPage: 0, Resources: [] }],
    ['G4', 'count=1000000', { itemsPerPage: 11 }],
    ['G4', 'count=99999999999999999999', { itemsPerPage: 11 }],
    ['G5', 'startIndex=100', { startIndex: 100, itemsPerPage: 0, Resources: [] }],
    ['G5', 'startIndex=99999999999999999999', { itemsPerPage: 0, Resources: [] }],
    ['G8', 'startIndex=11&count=5', { startIndex: 11, itemsPerPage: 1 }],
    ['G15', 'sortOrder=descending', { itemsPerPage: 11 }],
    ['G28', '', { itemsPerPage: 11 }],
  ])('(%s) %s', async (_number, query, expected) => {
    expect((await eleven('GET', `/Users?${query}`)).body).toMatchObject({ totalResults: 11, ...expected })
    expect((await eleven('GET', `/Users?${query}&filter=id+pr`)).body).toMatchObject({ totalResults: 11, ...expected })
  })

  test.each([
    ['G6', 'startIndex=abc', 'invalidValue'],
    ['G6', 'count=1.5', 'invalidValue'],
    ['G16', 'sortBy=nosuch', 'invalidPath'],
    ['G16', 'sortBy=name', 'invalidPath'],
    ['G16', 'sortBy=x509Certificates', 'invalidPath'],
    ['G17', 'sortBy=userName&sortOrder=foo', 'invalidValue'],
    ['G21', 'cursor=nonsense', 'invalidCursor'],
    ['G23', 'cursor&count=1.5', 'invalidCount'],
    ['G24', 'cursor&startIndex=1', 'invalidValue'],
  ])('(%s) %s is refused', async (_number, query, scimType) => {
    expect(await eleven('GET', `/Users?${query}`)).toMatchObject({ status: 400, body: { scimType } })
  })

  test('(G7) no match is an empty list', async () => {
    const { status, body } = await eleven('GET', `/Users${filterBy('userName eq "nobody"')}`)
    expect([status, body.totalResults, body.Resources]).toEqual([200, 0, []])
  })

  test('(G9) pages of 5 give every user once, in order of creation', async () => {
    const pages = await Promise.all([1, 6, 11].map((start) => eleven('GET', `/Users?startIndex=${start}&count=5`)))
    expect(pages.flatMap(({ body }) => numbers(body))).toEqual(inOrder)
  })

  test('(G11, G12, G18) are sorted without case where the attribute is, ties in order of creation', async () => {
    const byName = (await eleven('GET', '/Users?sortBy=userName')).body
    expect(numbers(byName)).toEqual([1, 3, 5, 7, 9, 0, 10, 2, 4, 6, 8])
    const byTitle = (await eleven('GET', '/Users?sortBy=title&sortOrder=descending')).body
    expect(numbers(byTitle)).toEqual([2, 5, 8, 1, 4, 7, 10, 0, 3, 6, 9])
  })

  test('(G10, G19, G20) by cursor give every user once, also while others are made', async () => {
    const made = (await service.tenant()).scim
    for (const name of ['c', 'a', 'e']) await made('POST', '/Users', newUser(name))
    const first = (await made('GET', '/Users?cursor&count=2&sortBy=userName')).body
    expect(first).toMatchObject({ totalResults: 3, itemsPerPage: 2 })
    expect(first.previousCursor).toBeUndefined()
    expect(first.nextCursor).toMatch(/^[A-Za-z0-9._~-]+$/)
    for (const name of ['b', 'd']) await made('POST', '/Users', newUser(name))
    const next = (await made('GET', `/Users?cursor=${first.nextCursor}&count=2&sortBy=userName`)).body
    const names = [first, next].flatMap(({ Resources }) => Resources.map((user: { userName: string }) => user.userName))
    expect(names).toEqual(['a', 'c', 'd', 'e'])
    expect(next.nextCursor).toBeUndefined()
  })

  test('(G21) a cursor serves the list that it came from, and no other', async () => {
    const { nextCursor } = (await eleven('GET', '/Users?cursor=&count=2')).body
    expect((await eleven('GET', `/Users?cursor=${nextCursor}`)).body.itemsPerPage).toBe(9)
    const altered = `${nextCursor.slice(0, -2)}${nextCursor.endsWith('AA') ? 'BB' : 'AA'}`
    const refused = [
      eleven('GET', `/Users?cursor=${altered}`),
      eleven('GET', `/Users?cursor=${nextCursor}&filter=id+pr`),
      eleven('GET', `/Users?cursor=${nextCursor}&sortBy=userName`),
      eleven('GET', `/Groups?cursor=${nextCursor}`),
      scim('GET', `/Users?cursor=${nextCursor}`),
    ]
    for (const { status, body } of await Promise.all(refused)) {
      expect([status, body.scimType]).toEqual([400, 'invalidCursor'])
    }
  })

  test('(G23) more than a page holds is a page, and refused by a strict tenant', async () => {
    expect((await eleven('GET', '/Users?cursor&count=5000')).body.itemsPerPage).toBe(11)
    expect((await strict('GET', '/Users?cursor&count=5000')).body.scimType).toBe('invalidCount')
    expect((await eleven('GET', '/Users?cursor&count=-1')).body).toMatchObject({ totalResults: 11, itemsPerPage: 0 })
  })

  test('(G27) items keep schemas and id whatever is asked', async () => {
    const { body } = await eleven('GET', '/Users?attributes=title&count=1')
    expect(body.Resources[0]).toMatchObject({
      schemas: expect.arrayContaining([core]),
      id: expect.any(String),
      title: 't0',
    })
  })

  test('totals without a filter follow each write', async () => {
    const counted = (await service.tenant()).scim
    const total = async (path: string) => (await counted('GET', `${path}?count=0`)).body.totalResults
    const user = (await counted('POST', '/Users', newUser('one'))).body
    await counted('POST', '/Users', newUser('one'))
    await counted('POST', '/Groups', newGroup('one'))
    expect([await total('/Users'), await total('/Groups'), await total('/')]).toEqual([1, 1, 2])
    await counted('DELETE', `/Users/${user.id}`)
    expect([await total('/Users'), await total('/')]).toEqual([0, 1])
  })
})

describe('projection', () => {
  const keys = async (query: string, id = ids.u1): Promise<string[]> =>
    Object.keys((await scim('GET', `/Users/${id}?${query}`)).body).sort()

  test('(C5, C6) what is never returned is not, asked or not', async () => {
    for (const query of ['', `attributes=password,${ext}:secret`, `attributes=${ext}`]) {
      expect((await scim('GET', `/Users/${ids.u1}?${query}`)).text).not.toMatch(/password|secret/)
    }
  })

  test('(C7) what is always returned is, excluded or not', async () => {
    const { body } = await scim('GET', `/Users/${ids.u1}?excludedAttributes=id,schemas,userName,${ext}:mark`)
    expect(body).toMatchObject({ id: ids.u1, schemas: expect.any(Array), [ext]: { mark: 'm' } })
    expect(body.userName).toBeUndefined()
  })

  test('(C8) what is returned on request is, when it is asked for', async () => {
    expect((await scim('GET', `/Users/${ids.u1}`)).body[ext]).toEqual({ level: 10, rate: 1, mark: 'm' })
    expect((await scim('GET', `/Users/${ids.u1}?attributes=${ext}:note`)).body[ext]).toEqual({ note: 'n', mark: 'm' })
  })

  test('(C10) of an extension one attribute, or all', async () => {
    const one = (await scim('GET', `/Users/${ids.u1}?attributes=${enterprise}:department`)).body
    expect(one[enterprise]).toEqual({ department: 'R&D' })
    const whole = (await scim('GET', `/Users/${ids.u1}?attributes=${enterprise}`)).body
    expect(whole[enterprise]).toMatchObject({
      department: 'R&D',
      manager: { value: ids.boss, displayName: 'The Boss' },
    })
    expect(Object.keys(whole).sort()).toEqual(['id', 'schemas', ext, enterprise].sort())
  })

  test('(C9, C12, C14) sub-attributes, names in any case, and what is no name', async () => {
    expect(await keys('attributes=EMAILS.value, externalID')).toEqual(
      ['emails', 'externalId', 'id', 'schemas', ext].sort(),
    )
    expect(await keys('attributes=emails[type eq "work"]')).toEqual(['id', 'schemas', ext].sort())
    const { body } = await scim('GET', `/Users/${ids.u1}?excludedAttributes=emails.value,meta`)
    expect(body.emails).toEqual([{ type: 'work', primary: true }, { type: 'home' }])
    expect(body.meta).toBeUndefined()
  })

  test('(C11) attributes and excludedAttributes together are refused', async () => {
    expect((await scim('GET', '/Users?attributes=id&excludedAttributes=title')).status).toBe(400)
  })

  test('(C13) members are given only where they are wanted', async () => {
    const all = (await scim('GET', '/Groups')).body.Resources
    expect(all[0].members).toHaveLength(2)
    const { text } = await scim('GET', '/Groups?excludedAttributes=members')
    expect(text).not.toContain('members')
    expect((await scim('GET', `/Groups/${ids.g1}?attributes=members.value`)).body.members).toEqual(
      expect.arrayContaining([{ value: ids.u1 }, { value: ids.u2 }]),
    )
  })

  test('(C17) schemas name what has data', async () => {
    const schemasOf = async (name: string) => (await scim('GET', `/Users/${ids[name]}`)).body.schemas
    expect(await schemasOf('u1')).toEqual(expect.arrayContaining([core, enterprise, ext]))
    expect(await schemasOf('boss')).not.toContain(enterprise)
  })

  test('(P48) groups are those that a user is in and those that hold them, circles or not', async () => {
    const add = patchOf({ op: 'add', path: 'members', value: [{ value: ids.g2 }] })
    await scim('PATCH', `/Groups/${ids.g1}`, add)
    const { body } = await scim('GET', `/Users/${ids.u1}`)
    expect(body.groups).toEqual([
      { value: ids.g1, display: 'Tour Guides', type: 'direct', $ref: expect.stringContaining(`/Groups/${ids.g1}`) },
      { value: ids.g2, display: 'All Staff', type: 'indirect', $ref: expect.stringContaining(`/Groups/${ids.g2}`) },
    ])
    const remove = patchOf({ op: 'remove', path: `members[value eq "${ids.g2}"]` })
    expect((await scim('PATCH', `/Groups/${ids.g1}`, remove)).status).toBe(204)
  })
})
