import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CompareOperator, Filter } from '../filter/ast.ts'
import { type Json, matches } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import { planFilter } from '../filter/plan.ts'
import { readProjection } from '../resource/projection.ts'
import { render, type Stored } from '../resource/render.ts'
import { userType } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { listResources } from './resources.ts'
import { findTenant, putTenant } from './tenants.ts'
import { createGroup, createUser, deleteResource, updateUser } from './writes.ts'

const info = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const projection = readProjection(userType)
let database: Database
let tenant: number

/** Few words, so that random filters find something; with case, composed and decomposed letters, LIKE's own characters. */
const words = ['anna', 'ANNA', 'Zo\u00eb', 'zoe\u0308', '100%_\\', 'a]"b', 'x', 'work', 'home', 'å', 'ｗｏｒｋ', '😀']

const users: Json[] = Array.from({ length: 60 }, (_, index) => {
  const word = (offset: number): string => words[(index * 7 + offset * (1 + (index % 5))) % words.length]!
  const some = <Value>(when: number, value: Value): Value | undefined => (index % when === 0 ? undefined : value)
  return JSON.parse(
    JSON.stringify({
      userName: `${word(1)}${index}`,
      active: index % 3 !== 0,
      externalId: some(4, word(2)),
      displayName: some(5, word(3)),
      title: some(2, word(4)),
      name: some(3, { familyName: word(5), givenName: some(2, word(6)) }),
      emails: some(4, [
        { type: word(7), value: word(8), primary: true },
        { type: 'home', value: word(9), display: word(10) },
      ]),
      addresses: some(3, [
        { type: 'work', locality: word(11) },
        { locality: word(12), country: 'SE' },
      ]),
      [info]: some(3, { info1: word(13) }),
      [enterprise]: some(2, { department: word(14), manager: some(3, { value: word(15) }) }),
    }),
  )
})

beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  await putTenant(database, 'test', { licences: { named: 20 } }, 'test')
  tenant = (await findTenant(database, 'test'))!.id
  const writer = { tenant, actor: 'test' }
  const ids: string[] = []
  for (const user of users) {
    const { id } = await createUser(database, writer, randomUUID(), user, 'named')
    ids.push(id)
  }
  await createGroup(database, writer, randomUUID(), { displayName: 'g' }, ids.slice(0, 20))
}, 60_000)
afterAll(() => database.close())

const listed = async (filter?: Filter): Promise<Stored[]> =>
  (await listResources(database, tenant, userType, filter, projection, { offset: 0, limit: 200 })).rows

const word = fc.constantFrom(...words)
const operator = fc.constantFrom<CompareOperator>('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')
const textPath = fc.constantFrom(
  'userName',
  'externalId',
  'displayName',
  'title',
  'name.familyName',
  'name.givenName',
  'emails',
  'emails.value',
  'emails.type',
  'emails.display',
  'addresses.locality',
  'addresses.country',
  `${info}:info1`,
  'department',
  'manager',
  `${enterprise}:manager.value`,
  'urn:entrada:params:scim:schemas:extension:licence:2.0:User:state',
)
const compareText = fc.record({
  kind: fc.constant('compare' as const),
  path: textPath,
  operator,
  value: fc.oneof(word, fc.constant('waiting')),
})
const compareOther = fc.record({
  kind: fc.constant('compare' as const),
  path: fc.constantFrom('active', 'emails.primary', 'title', 'emails.value', 'name.familyName'),
  operator: fc.constantFrom<CompareOperator>('eq', 'ne'),
  value: fc.constant(null),
})
const compareBoolean = fc.record({
  kind: fc.constant('compare' as const),
  path: fc.constantFrom('active', 'emails.primary'),
  operator: fc.constantFrom<CompareOperator>('eq', 'ne'),
  value: fc.boolean(),
})
const present = fc.record({
  kind: fc.constant('present' as const),
  path: fc.oneof(
    textPath,
    fc.constantFrom('name', 'emails', 'addresses', 'active', 'groups', 'meta.created', `${enterprise}:manager`),
  ),
})
const within = (subs: string[]) =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('compare' as const), path: fc.constantFrom(...subs), operator, value: word }),
      fc.record({ kind: fc.constant('present' as const), path: fc.constantFrom(...subs) }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }),
      }),
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    ),
  })).filter
const element = fc.oneof(
  fc.record({
    kind: fc.constant('element' as const),
    path: fc.constant('emails'),
    filter: within(['value', 'type', 'display']),
  }),
  fc.record({ kind: fc.constant('element' as const), path: fc.constant('emails'), filter: within(['value', 'type']) }),
  fc.record({
    kind: fc.constant('element' as const),
    path: fc.constant('addresses'),
    filter: within(['locality', 'type']),
  }),
  fc.record({
    kind: fc.constant('element' as const),
    path: fc.constant('name'),
    filter: within(['familyName', 'givenName']),
  }),
)
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    compareText,
    compareOther,
    compareBoolean,
    present,
    element,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
  ),
}))

test('the database selects what the reference evaluator selects, for any filter', async () => {
  const all = (await listed()).map((stored) => ({ id: stored.id, resource: render(userType, stored, 'http://x') }))
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const plan = planFilter(userType, filter)
      const expected = all.filter(({ resource }) => matches(plan, resource)).map(({ id }) => id)
      expect((await listed(filter)).map(({ id }) => id)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
}, 60_000)

test.each([
  ['meta.created gt "2020-01-01T00:00:00+02:00"', 60],
  ['meta.lastModified lt "2020-01-01T00:00:00Z"', 0],
  ['meta.resourceType eq "User"', 60],
  ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', 60],
  ['groups.value pr', 20],
  ['id eq "nonsense"', 0],
  [`userName eq "x'; DROP TABLE resource;--"`, 0],
])('%s finds %i', async (text, total) => {
  expect(await listed(parseFilter(text))).toHaveLength(total)
})

test('the values that a user is looked up by follow each change and go with the user', async () => {
  const writer = { tenant, actor: 'test' }
  const id = randomUUID()
  const values = async () =>
    (
      await database.query<{ value: string }>(
        "SELECT path || ' ' || value_key AS value FROM attr_value WHERE resource = $1 ORDER BY 1",
        [id],
      )
    ).map((row) => row.value)
  const email = (value: string) => ({ emails: [{ type: 'work', value }] })
  const attrs = { userName: 'looked-up', ...email('a@x'), phoneNumbers: [{ type: 'work', value: '1' }] }
  const created = await createUser(database, writer, id, attrs, 'none')
  expect(await values()).toEqual(['emails a@x', 'phoneNumbers 1'])
  const moved = await updateUser(database, writer, created, { ...attrs, ...email('b@x') }, ['emails'])
  expect(await values()).toEqual(['emails b@x', 'phoneNumbers 1'])
  await updateUser(database, writer, moved!, { userName: 'looked-up', ...email('b@x') }, ['phoneNumbers'])
  expect(await values()).toEqual(['emails b@x'])
  await deleteResource(database, writer, 'User', id, undefined)
  expect(await values()).toEqual([])
})
