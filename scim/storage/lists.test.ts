import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CompareOperator, Filter } from '../filter/ast.ts'
import { compareText, type Json, matches, valuesAt } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import { planFilter } from '../filter/plan.ts'
import { sortTarget } from '../filter/sql/sort.ts'
import { readProjection } from '../resource/projection.ts'
import { render } from '../resource/render.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { commonAttributes, type ResolvedAttribute } from '../schema/registry.ts'
import { openTestDatabase } from '../testing/database.ts'
import { base, custom, licence, type Population, populate, words } from '../testing/population.ts'
import type { Database } from './database.ts'
import { countSelected, type Listed, listAfter, listFrom, type Selection } from './lists.ts'
import { migrate } from './migrate.ts'

let database: Database
let population: Population
/** All resources of a type as clients see them, in order of creation. */
const all: Record<string, { id: string; resource: Json }[]> = {}

beforeAll(async () => {
  database = await openTestDatabase()
  await migrate(database)
  await populate(database, 'other')
  population = await populate(database, 'test')
  for (const type of population.registry.types) {
    const rows = await listFrom(database, selectionOf(type), 0, 1_000)
    all[type.name] = rows.map((row) => ({ id: row.id, resource: render(type, row, base) }))
  }
}, 60_000)
afterAll(() => database.close())

function selectionOf(
  type: ResourceType,
  filter?: Filter,
  order?: Pick<Selection, 'order'>,
  sortBy?: string,
): Selection {
  const part = {
    type,
    projection: readProjection(type, filter || sortBy ? 'id' : undefined),
    ...(filter && { plan: planFilter(type, filter) }),
    ...(sortBy && { sortBy: sortTarget(type, sortBy) }),
  }
  return { tenant: population.tenant, base, parts: [part], ...order }
}

const idsOf = (rows: Listed[]): string[] => rows.map(({ id }) => id)

/** All paths of a type: what is compared, and the attributes that hold it. */
function pathsOf(type: ResourceType): { path: string; attribute: Attribute }[] {
  const ofSchema = (prefix: string, attributes: Attribute[]) =>
    attributes
      .filter(({ returned }) => returned !== 'never')
      .flatMap((attribute) => [
        { path: `${prefix}${attribute.name}`, attribute },
        ...(attribute.subAttributes ?? []).map((sub) => ({
          path: `${prefix}${attribute.name}.${sub.name}`,
          attribute: sub,
        })),
      ])
  return [
    ...ofSchema('', [...commonAttributes, ...type.core.attributes]),
    ...type.extensions.flatMap(({ id, attributes }) => ofSchema(`${id}:`, attributes)),
  ]
}

const operators: CompareOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

/** A filter that is valid for the type, over any of its attributes, with values that often occur. */
function filtersOf(type: ResourceType): fc.Arbitrary<Filter> {
  const paths = pathsOf(type)
  const values = fc.oneof(
    fc.constantFrom<string | number | boolean | null>(...words, '', 'waiting', 'direct', 'indirect', 'user', 'w', null),
    fc.constantFrom(true, false, 0, 1, 1.5, 9, '2026-01-11T00:00:00Z', '2026-01-12T00:00:00.123Z', 'Badge-7'),
    fc.nat({ max: 67 }).map((index) => [...population.users, ...population.groups][index]!),
    fc.nat({ max: 7 }).map((index) => `${base}/Groups/${population.groups[index]}`),
    fc.nat({ max: 9 }).map((index) => `${base}/Users/${population.users[index]}`),
  )
  const compare = (choice: string[]): fc.Arbitrary<Filter> =>
    fc.record({
      kind: fc.constant('compare' as const),
      path: fc.constantFrom(...choice),
      operator: fc.constantFrom(...operators),
      value: values,
    })
  const present = (choice: string[]): fc.Arbitrary<Filter> =>
    fc.record({ kind: fc.constant('present' as const), path: fc.constantFrom(...choice) })
  const complex = paths.filter(({ attribute }) => attribute.subAttributes)
  const element = fc.constantFrom(...complex).chain(({ path, attribute }) => {
    const subs = attribute.subAttributes!.map(({ name }) => name)
    const filter = fc.letrec<{ inner: Filter }>((tie) => ({
      inner: combined(tie('inner'), [compare(subs), present(subs)]),
    })).inner
    return fc.record({ kind: fc.constant('element' as const), path: fc.constant(path), filter })
  })
  const names = paths.map(({ path }) => path)
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: combined(tie('filter'), [compare(names), compare(names), present(names), element]),
  })).filter
}

function combined(inner: fc.Arbitrary<Filter>, leaves: fc.Arbitrary<Filter>[]): fc.Arbitrary<Filter> {
  return fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...leaves,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(inner, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: inner }),
  )
}

/** Undefined: the filter compares an attribute with what is not of its type. */
function planOf(type: ResourceType, filter: Filter, peers: ResourceType[] = []) {
  try {
    return planFilter(type, filter, 'lenient', peers)
  } catch {
    return undefined
  }
}

describe.each(['User', 'Group'] as const)('%ss', (name) => {
  test('the database selects what the reference evaluator selects, for any filter', async () => {
    const type = population.registry[name]
    await fc.assert(
      fc.asyncProperty(filtersOf(type), async (filter) => {
        const plan = planOf(type, filter)
        fc.pre(plan !== undefined)
        const expected = all[name]!.filter(({ resource }) => matches(plan!, resource)).map(({ id }) => id)
        const selection = selectionOf(type, filter)
        expect(idsOf(await listFrom(database, selection, 0, 1_000))).toEqual(expected)
        expect(await countSelected(database, selection)).toBe(expected.length)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('every attribute can be filtered by, in the forms that its type has', async () => {
    const type = population.registry[name]
    for (const { path, attribute } of pathsOf(type)) {
      const value = { boolean: 'true', integer: '1', decimal: '1.5', dateTime: '"2026-01-01T00:00:00Z"' }
      const literal = value[attribute.type as keyof typeof value] ?? '"x"'
      const isWhole = attribute.type === 'complex' && !attribute.subAttributes?.some((sub) => sub.name === 'value')
      for (const text of [`${path} pr`, ...(isWhole ? [] : [`${path} eq ${literal}`])]) {
        await listFrom(database, selectionOf(type, parseFilter(text)), 0, 1)
      }
    }
  })

  test('sorting by any attribute gives what sorting in memory gives (G11–G15, G18)', async () => {
    const type = population.registry[name]
    for (const { path } of pathsOf(type)) {
      const target = targetOf(type, path)
      if (!target || path === 'schemas') continue
      for (const order of ['ascending', 'descending'] as const) {
        const rows = await listFrom(database, selectionOf(type, undefined, { order }, path), 0, 1_000)
        expect([path, order, ...idsOf(rows)]).toEqual([path, order, ...sorted(all[name]!, target, order)])
      }
    }
  })

  test('pages by cursor are those of one long list, in any order (G10)', async () => {
    const type = population.registry[name]
    const paths = [undefined, ...pathsOf(type).map(({ path }) => path)].filter((path) => !path || targetOf(type, path))
    const anyWalk = fc.record({
      path: fc.constantFrom(...paths),
      order: fc.constantFrom('ascending' as const, 'descending' as const),
      size: fc.integer({ min: 1, max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(anyWalk, async ({ path, order, size }) => {
        const selection = selectionOf(type, undefined, path ? { order } : {}, path)
        const whole = idsOf(await listFrom(database, selection, 0, 1_000))
        const walked: string[] = []
        let page = await listFrom(database, selection, 0, size)
        while (page.length > 0) {
          walked.push(...idsOf(page))
          const last = page.at(-1)!
          page = await listAfter(database, selection, { key: last.sort_text ?? null, seq: last.seq }, size)
        }
        expect(walked).toEqual(whole)
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

function targetOf(type: ResourceType, path: string): ResolvedAttribute | undefined {
  try {
    return sortTarget(type, path)
  } catch {
    return undefined
  }
}

/** By the primary value, else the first; text by code points without case; missing values last, or first when descending. */
function sorted(resources: { id: string; resource: Json }[], target: ResolvedAttribute, order: string): string[] {
  const keyed = resources.map(({ id, resource }, index) => ({ id, index, key: sortValue(resource, target) }))
  const sign = order === 'ascending' ? 1 : -1
  keyed.sort((left, right) => {
    if (left.key === undefined || right.key === undefined) {
      const difference = Number(left.key === undefined) - Number(right.key === undefined)
      return difference === 0 ? left.index - right.index : sign * difference
    }
    return sign * compareKeys(left.key, right.key) || left.index - right.index
  })
  return keyed.map(({ id }) => id)
}

function compareKeys(left: string | number, right: string | number): number {
  return typeof left === 'number' ? left - (right as number) : compareText(left, String(right))
}

function sortValue(resource: Json, target: ResolvedAttribute): string | number | undefined {
  const { sub, ...whole } = target
  const elements = valuesAt(resource, whole)
  const chosen = elements.find((element) => (element as Json).primary === true) ?? elements[0]
  const value = sub && chosen !== undefined ? (chosen as Json)[sub.name] : chosen
  const attribute = sub ?? target.attribute
  if (value === undefined) return undefined
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (attribute.type === 'dateTime') return Date.parse(String(value))
  return planKey(attribute, String(value))
}

const planKey = (attribute: Attribute, text: string): string =>
  attribute.caseExact ? text : text.normalize('NFC').toLowerCase().replaceAll('ｗｏｒｋ', 'work')

test.each([
  ['meta.created gt "2020-01-01T00:00:00+02:00"', 60],
  ['meta.lastModified lt "2020-01-01T00:00:00Z"', 0],
  ['meta.resourceType eq "User"', 60],
  ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', 60],
  ['groups pr', 38],
  ['groups[display eq "HOLDS HOLDER" and type eq "indirect"]', 12],
  ['groups[display eq "holds holder" and type eq "direct"]', 1],
  ['groups.display eq "circle"', 13],
  [`${licence}:state eq "waiting"`, 20],
  [`${custom}:level gt 9 and ${custom}:level le 1e1`, 3],
  ['id eq "nonsense"', 0],
  [`userName eq "x'; DROP TABLE resource;--"`, 0],
])('%s finds %i users', async (text, total) => {
  const rows = await listFrom(database, selectionOf(population.registry.User, parseFilter(text)), 0, 100)
  expect(rows).toHaveLength(total)
})

const root = (filter?: Filter): Selection => {
  const types = population.registry.types
  const parts = types.map((type) => ({
    type,
    projection: readProjection(type),
    ...(filter && { plan: planFilter(type, filter, 'lenient', types) }),
  }))
  return { tenant: population.tenant, base, parts }
}

test('of both types the database selects what the reference evaluator selects of each (F40)', async () => {
  const { types, User, Group } = population.registry
  await fc.assert(
    fc.asyncProperty(fc.oneof(filtersOf(User), filtersOf(Group)), async (filter) => {
      fc.pre(types.every((type) => planOf(type, filter, types)))
      const expected = types.flatMap((type) => {
        const plan = planFilter(type, filter, 'lenient', types)
        return all[type.name]!.filter(({ resource }) => matches(plan, resource)).map(({ id }) => id)
      })
      const found = idsOf(await listFrom(database, root(filter), 0, 1_000))
      expect(found.toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('pages by index are those of one long list, of one type and of both', async () => {
  for (const selection of [selectionOf(population.registry.User), root(), root(parseFilter('displayName pr'))]) {
    const whole = idsOf(await listFrom(database, selection, 0, 1_000))
    const pages = [0, 7, 14, 56, 63, 70].map((offset) => listFrom(database, selection, offset, 7))
    for (const [index, page] of (await Promise.all(pages)).entries()) {
      const offset = [0, 7, 14, 56, 63, 70][index]!
      expect(idsOf(page)).toEqual(whole.slice(offset, offset + 7))
    }
  }
})
