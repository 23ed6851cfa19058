import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../filter/match.ts'
import { userType } from '../schema/registry.ts'
import { leniencesOf } from '../tenant/profile.ts'
import { readOperations } from './operations.ts'
import { applyChanges, changedNames } from './patch.ts'

const { entra } = leniencesOf
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

interface Operation {
  op: 'add' | 'replace' | 'remove'
  path?: string
  value?: unknown
}

const word = fc.constantFrom('a', 'b', 'c')
const type = fc.constantFrom('work', 'home', 'other')
const email = fc.record(
  { type, value: word, display: word, primary: fc.boolean() },
  { requiredKeys: ['type', 'value'] },
)
const emails = fc.array(email, { maxLength: 3 }).filter((list) => list.filter(({ primary }) => primary).length <= 1)
const op = fc.constantFrom('add' as const, 'replace' as const)
const name = fc.record({ familyName: word, givenName: fc.option(word) }, { requiredKeys: [] })

/** The paths as a client writes them, each with values that fit. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op, path: fc.constantFrom('title', 'TITLE', `${enterprise}:department`), value: word }),
  fc.record({ op, path: fc.constantFrom('name'), value: name }),
  fc.record({ op, path: fc.constantFrom('name.familyName', 'name.givenName'), value: fc.option(word) }),
  fc.record({ op, path: fc.constant('emails'), value: emails }),
  fc.record({ op, path: type.map((each) => `emails[type eq "${each}"].value`), value: word }),
  fc.record({ op, path: type.map((each) => `emails[type eq "${each}"].display`), value: fc.option(word) }),
  fc.record({ op, path: type.map((each) => `emails[type eq "${each}" and value pr].primary`), value: fc.boolean() }),
  fc.record({ op, value: fc.record({ title: word, 'name.familyName': word }, { requiredKeys: [] }) }),
  fc.record({
    op: fc.constant('remove' as const),
    path: fc.oneof(
      fc.constantFrom('title', 'name', 'name.givenName', 'emails', enterprise),
      type.map((each) => `emails[type eq "${each}"]`),
      word.map((each) => `emails[value eq "${each}"].display`),
    ),
  }),
)

/** The same in the plainest way: one path at a time, nothing shared with the engine. */
function naive(document: Json, operations: Operation[]): Json {
  const steps = operations.flatMap(({ op, path, value }): [Operation['op'], string, unknown][] =>
    path ? [[op, path, value]] : Object.entries(value as Json).map(([key, item]) => [op, key, item]),
  )
  return steps.reduce((before, step) => {
    const after = structuredClone(before)
    applyTo(after, ...step)
    return JSON.parse(JSON.stringify(after))
  }, document)
}

function applyTo(result: Json, op: Operation['op'], path: string, value: unknown): void {
  const [, wanted, by, sub] = /^emails\[(?:type eq "(\w+)".*|value eq "(\w+)")\](?:\.(\w+))?$/.exec(path) ?? []
  if (path.startsWith('emails')) {
    const before = (result.emails ?? []) as Json[]
    const after = path.includes('[')
      ? selected(before, (each) => (wanted ? each.type === wanted : each.value === by), {
          op,
          sub,
          value,
          wanted,
          path,
        })
      : op === 'add'
        ? added(before, value as Json[])
        : merge((value ?? []) as Json[])
    if (after.length > 0) result.emails = after
    else delete result.emails
  } else if (path === enterprise) {
    delete result[enterprise]
  } else if (path.startsWith(enterprise)) {
    result[enterprise] = { department: value }
  } else if (path.startsWith('name')) {
    const [, part] = path.split('.')
    const change = part ? { [part]: value ?? undefined } : op === 'remove' ? undefined : (value as Json)
    const next = change ? { ...(result.name as Json), ...change } : {}
    const left = Object.entries(next).filter(([, each]) => each !== undefined && each !== null)
    if (left.length > 0) result.name = Object.fromEntries(left)
    else delete result.name
  } else if (op === 'remove') {
    delete result.title
  } else {
    result.title = value
  }
}

function merge(list: Json[]): Json[] {
  const keys = [...new Set(list.map((each) => `${each.type} ${each.value}`))]
  return keys.map((key) => Object.assign({}, ...list.filter((each) => `${each.type} ${each.value}` === key)))
}

function added(before: Json[], given: Json[]): Json[] {
  const claim = merge(given).find(({ primary }) => primary)
  const all = merge([...before, ...given])
  if (!claim) return all
  return all.map((each) =>
    each.primary && !(each.type === claim.type && each.value === claim.value) ? { ...each, primary: false } : each,
  )
}

interface Selecting {
  op: Operation['op']
  path: string
  sub: string | undefined
  value: unknown
  wanted: string | undefined
}

function selected(before: Json[], isMeant: (element: Json) => boolean, change: Selecting): Json[] {
  const { op, sub, value, wanted, path } = change
  if (op === 'remove' && !sub) return before.filter((each) => !isMeant(each))
  const next = (each: Json): Json => ({ ...each, [sub!]: op === 'remove' ? undefined : (value ?? undefined) })
  const all = before.map((each) => ({ element: isMeant(each) ? next(each) : each, isNew: isMeant(each) }))
  const isDescribed = op !== 'remove' && sub === 'value' && !path.includes(' pr')
  if (!before.some(isMeant) && isDescribed) all.push({ element: { type: wanted, value }, isNew: true })
  const owner = all.findLast(({ element, isNew }) => isNew && element.primary)
  return merge(
    all.map((each) =>
      owner && each !== owner && each.element.primary ? { ...each.element, primary: false } : each.element,
    ),
  )
}

/** What a filter does not describe has no element to be made, and one of labels only is none. */
const isPossible = (document: Json, { op, path = '' }: Operation): boolean =>
  op === 'remove' ||
  !/\]\.(display|primary)$/.test(path) ||
  ((document.emails ?? []) as Json[]).some(({ type }) => path.includes(`"${type}"`))

test('a PATCH does what a naive evaluator does, operation by operation', () => {
  fc.assert(
    fc.property(emails, fc.array(operation, { minLength: 1, maxLength: 6 }), (list, wanted) => {
      const start: Json = { userName: 'u', ...(list.length > 0 && { emails: merge(list) }) }
      const operations: Operation[] = []
      for (const each of wanted) if (isPossible(naive(start, operations), each)) operations.push(each)
      fc.pre(operations.length > 0)
      const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
      const result = applyChanges(userType, start, readOperations(userType, body, entra), entra)
      expect(changedNames(result, naive(start, operations))).toEqual([])
    }),
    { numRuns: 1_000 },
  )
})
