import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Call, newGroup, newUser, patchOf, startTestService, type TestService } from '../../testing/service.ts'
import type { Session } from '../session.ts'
import { runBulk } from './run.ts'

let service: TestService
let scim: Call
beforeAll(async () => {
  service = await startTestService()
  scim = service.scim
}, 60_000)
afterAll(() => service.close())

const bulkOf = (Operations: unknown, more: object = {}): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
  Operations,
  ...more,
})
const post = (path: string, bulkId: string, data: unknown): object => ({ method: 'POST', path, bulkId, data })
const bulk = async (...operations: object[]) => (await scim('POST', '/Bulk', bulkOf(operations))).body.Operations
const statuses = (results: { status: string }[]): string[] => results.map(({ status }) => status)
const members = async (location: string): Promise<string[]> =>
  ((await scim('GET', location.split('/v2')[1]!)).body.members ?? []).map(({ value }: { value: string }) => value)
const idOf = (result: { location: string }): string => result.location.split('/').at(-1)!
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

describe('bulkId', () => {
  test('names what an earlier or later operation makes (B1, B2)', async () => {
    const results = await bulk(
      post('/Groups', 'first', newGroup('Before', { members: [{ value: 'bulkId:u' }] })),
      post('/Users', 'u', newUser('bulk-1')),
      post('/Groups', 'last', newGroup('After', { members: [{ value: 'bulkId:u' }] })),
    )
    expect(results).toEqual([
      {
        method: 'POST',
        bulkId: 'first',
        location: expect.stringContaining('/Groups/'),
        version: 'W/"1"',
        status: '201',
      },
      { method: 'POST', bulkId: 'u', location: expect.stringContaining('/Users/'), version: 'W/"1"', status: '201' },
      {
        method: 'POST',
        bulkId: 'last',
        location: expect.stringContaining('/Groups/'),
        version: 'W/"1"',
        status: '201',
      },
    ])
    for (const group of [results[0], results[2]]) expect(await members(group.location)).toEqual([idOf(results[1])])
  })

  test('may go round in a circle (B3)', async () => {
    const results = await bulk(
      post('/Groups', 'a', newGroup('Circle A', { members: [{ value: 'bulkId:b' }] })),
      post('/Groups', 'b', newGroup('Circle B', { members: [{ value: 'bulkId:c' }, { value: 'bulkId:a' }] })),
      post('/Groups', 'c', newGroup('Circle C', { members: [{ value: 'bulkId:c' }] })),
    )
    expect(statuses(results)).toEqual(['201', '201', '201'])
    const [a, b, c] = results.map(idOf)
    expect(await members(results[0].location)).toEqual([b])
    expect((await members(results[1].location)).sort()).toEqual([a, c].sort())
    expect(await members(results[2].location)).toEqual([c])
    const shown = await scim('GET', `/Groups/${a}`)
    expect(shown.headers.get('etag')).toBe(results[0].version)
  })

  test('stands in an extension, in paths, in PATCH values and in filters (B4, B5)', async () => {
    const results = await bulk(
      post('/Users', 'boss', newUser('bulk-boss')),
      post('/Users', 'report', newUser('bulk-report', { [enterprise]: { manager: { value: 'bulkId:boss' } } })),
      post('/Groups', 'g', newGroup('Paths', { members: [{ value: 'bulkId:boss' }, { value: 'bulkId:report' }] })),
      { method: 'PATCH', path: '/Users/bulkId:boss', data: patchOf({ op: 'add', path: 'title', value: 'Boss' }) },
      {
        method: 'PATCH',
        path: '/Groups/bulkId:g',
        data: patchOf({ op: 'remove', path: 'members[value eq "bulkId:boss"]' }),
      },
      { method: 'DELETE', path: '/Users/bulkId:boss' },
    )
    expect(statuses(results)).toEqual(['201', '201', '201', '200', '200', '204'])
    const report = (await scim('GET', `/Users/${idOf(results[1])}`)).body
    expect(report[enterprise].manager.value).toBe(idOf(results[0]))
    expect(await members(results[2].location)).toEqual([idOf(results[1])])
  })

  test('that no POST has, or whose POST fails, fails the operation and what depends on it (B6)', async () => {
    const results = await bulk(
      post('/Users', 'bad', { schemas: [] }),
      post('/Groups', 'needs-bad', newGroup('Needs bad', { members: [{ value: 'bulkId:bad' }] })),
      post('/Groups', 'needs-that', newGroup('Needs that', { members: [{ value: 'bulkId:needs-bad' }] })),
      post('/Groups', 'needs-none', newGroup('Needs none', { members: [{ value: 'bulkId:none' }] })),
    )
    expect(statuses(results)).toEqual(['400', '400', '400', '400'])
    expect(results[3].response).toMatchObject({ scimType: 'invalidValue', detail: expect.stringContaining('none') })
  })

  test('in a circle of which one fails leaves nothing (B3)', async () => {
    const results = await bulk(
      post('/Groups', 'x', newGroup('Broken X', { members: [{ value: 'bulkId:y' }] })),
      post('/Groups', 'y', { schemas: [], members: [{ value: 'bulkId:x' }] }),
    )
    expect(statuses(results)).toEqual(['400', '400'])
    expect((await scim('GET', '/Groups?filter=displayName+eq+%22Broken+X%22')).body.totalResults).toBe(0)
  })
})

/** A graph of groups: of each, which it has as members, and whether it can be made. */
const graph = fc.integer({ min: 2, max: 6 }).chain((size) =>
  fc.array(fc.record({ members: fc.uniqueArray(fc.nat(size - 1)), bad: fc.nat(5).map((n) => n === 0) }), {
    minLength: size,
    maxLength: size,
  }),
)

test('any graph of groups is made as it was meant, but for those that reach one that cannot be made (B2, B3, B6)', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(graph, async (groups) => {
      run++
      const results = await bulk(
        ...groups.map(({ members, bad }, n) => {
          const data = newGroup(bad ? '' : `graph-${run}-${n}`, {
            members: members.map((member) => ({ value: `bulkId:${member}` })),
          })
          return post('/Groups', `${n}`, data)
        }),
      )
      const fails = new Set(groups.flatMap(({ bad }, n) => (bad ? [n] : [])))
      for (let before = -1; before < fails.size; ) {
        before = fails.size
        for (const [n, { members }] of groups.entries()) if (members.some((member) => fails.has(member))) fails.add(n)
      }
      expect(statuses(results)).toEqual(groups.map((_, n) => (fails.has(n) ? '400' : '201')))
      const { body } = await scim('GET', `/Groups?filter=displayName+sw+%22graph-${run}-%22`)
      const made = new Map<string, { members?: { value: string }[] }>(
        body.Resources.map((group: { displayName: string }) => [group.displayName, group]),
      )
      expect(made.size).toBe(groups.length - fails.size)
      groups.forEach(({ members }, n) => {
        if (fails.has(n)) return
        const has = (made.get(`graph-${run}-${n}`)!.members ?? []).map(({ value }) => value).sort()
        expect(has).toEqual(members.map((member) => idOf(results[member])).sort())
      })
    }),
    { numRuns: 25 },
  )
}, 60_000)

test('no operation is begun when the request has taken too long', async () => {
  const clock = [0, 0, 61_000]
  const session = { access: 'full', tenantUrl: '' } as Session
  const gone = { method: 'DELETE', path: '/Users/x' }
  const answer = (await runBulk(session, bulkOf([{ ...gone, path: '/Foo' }, gone]), () => clock.shift()!)) as {
    Operations: { status: string }[]
  }
  expect(statuses(answer.Operations)).toEqual(['404', '503'])
})

describe('operations', () => {
  test.each([
    ['a POST without bulkId (B7)', { method: 'POST', path: '/Users', data: newUser('no-id') }, '400'],
    ['GET (B12)', { method: 'GET', path: '/Users' }, '400'],
    ['an unknown path (B12)', { method: 'POST', path: '/Foo', bulkId: 'q', data: {} }, '404'],
    ['a nested bulk (B13)', { method: 'POST', path: '/Bulk', bulkId: 'q', data: {} }, '404'],
    ['data that is no object (B13)', { method: 'POST', path: '/Users', bulkId: 'q', data: 'x' }, '400'],
    ['a path with an id for POST', { method: 'POST', path: '/Users/1', bulkId: 'q', data: {} }, '404'],
  ])('%s is an error of that operation alone', async (_name, operation, status) => {
    const [bad, good] = await bulk(operation, { method: 'delete', path: '/Users/00000000-0000-4000-8000-000000000000' })
    expect(bad).toMatchObject({
      status,
      response: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status },
    })
    expect(good).toMatchObject({ method: 'DELETE', status: '404' })
  })

  test('that fail leave the others done (B9); method in small letters (B12)', async () => {
    const users = ['s1', 's2', 's1', 's3', ''].map((name, at) => ({
      method: 'post',
      path: '/Users',
      bulkId: String(at),
      data: newUser(name),
    }))
    const results = await bulk(...users.slice(0, 2), ...users.slice(2).map((each) => ({ ...each, version: 'W/"1"' })))
    expect(statuses(results).sort()).toEqual(['201', '201', '201', '400', '409'])
    const failed = results.find(({ status }: { status: string }) => status === '409')
    expect(failed.response.scimType).toBe('uniqueness')
    expect(failed.location).toBeUndefined()
  })

  test('after failOnErrors errors are not begun (B10)', async () => {
    const operations = [
      post('/Users', '1', newUser('f1')),
      post('/Users', '2', newUser('')),
      post('/Users', '3', newUser('f3')),
    ]
    const { body } = await scim('POST', '/Bulk', bulkOf(operations, { failOnErrors: 1 }))
    expect(statuses(body.Operations)).toEqual(['201', '400'])
    expect((await scim('GET', '/Users?filter=userName+eq+%22f3%22')).body.totalResults).toBe(0)
  })

  test('have a version of their own (B14, E11)', async () => {
    const { body: user } = await scim('POST', '/Users', newUser('versioned'))
    const path = `/Users/${user.id}`
    const data = patchOf({ op: 'add', path: 'title', value: 't' })
    const results = await bulk(
      { method: 'PATCH', path, version: 'W/"7"', data },
      { method: 'PATCH', path, version: 'W/"1"', data },
      { method: 'DELETE', path },
      { method: 'DELETE', path },
    )
    expect(statuses(results)).toEqual(['412', '200', '204', '404'])
    expect(results[1]).toMatchObject({ version: 'W/"2"', location: user.meta.location })
    expect(results[2]).toEqual({ method: 'DELETE', location: user.meta.location, status: '204' })
  })

  test('on one group by the hundred are all kept (B15)', async () => {
    const users = await bulk(
      ...Array.from({ length: 100 }, (_, n) => post('/Users', String(n), newUser(`member-${n}`))),
    )
    const { body: group } = await scim('POST', '/Groups', newGroup('Hundred'))
    const results = await bulk(
      ...users.map((user: { location: string }) => ({
        method: 'PATCH',
        path: `/Groups/${group.id}`,
        data: patchOf({ op: 'add', path: 'members', value: [{ value: idOf(user) }] }),
      })),
    )
    expect(new Set(statuses(results))).toEqual(new Set(['200']))
    expect((await members(group.meta.location)).sort()).toEqual(users.map(idOf).sort())
  })

  test('take seats as single requests do (B16)', async () => {
    const tenant = await service.tenant({ named: 3 })
    const operations = Array.from({ length: 10 }, (_, n) => post('/Users', String(n), newUser(`seat-${n}`)))
    const { body } = await tenant.scim('POST', '/Bulk', bulkOf(operations))
    expect(statuses(body.Operations)).toEqual(Array(10).fill('201'))
    expect((await tenant.api('GET', '')).body.counts).toMatchObject({ licensed: 3, waiting: 7 })
  })
})

describe('requests', () => {
  test.each([
    ['no operations', bulkOf(undefined), 400],
    ['no schemas', { Operations: [] }, 400],
    ['a bulkId used twice (B8)', bulkOf([post('/Users', 'q', {}), post('/Users', 'q', {})]), 400],
    ['failOnErrors 0', bulkOf([], { failOnErrors: 0 }), 400],
    ['an operation that is no object', bulkOf([1]), 400],
  ])('%s is refused', async (_name, body, status) => {
    expect((await scim('POST', '/Bulk', body)).status).toBe(status)
  })

  test('beyond the limits are 413 and name the limit (B11)', async () => {
    const many = await scim(
      'POST',
      '/Bulk',
      bulkOf(Array.from({ length: 1_001 }, () => ({ method: 'DELETE', path: '/' }))),
    )
    expect(many.body).toMatchObject({ status: '413', detail: expect.stringContaining('1000') })
    const large = await scim('POST', '/Bulk', ' '.repeat(1_048_577), { 'content-type': 'application/json' })
    expect(large.body).toMatchObject({ status: '413', detail: expect.stringContaining('1048576') })
  })
})
