import { describe, expect, test } from '@jest/globals'
import type { Json } from '../filter/match.ts'
import { attribute } from '../schema/model.ts'
import { groupType, registryOf, userType } from '../schema/registry.ts'
import { leniencesOf } from '../tenant/profile.ts'
import { type Member, memberDelta, selectMembers } from './members.ts'
import { readOperations } from './operations.ts'
import { applyChanges, changedNames } from './patch.ts'

const { entra } = leniencesOf
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const user: Json = {
  userName: 'BJensen',
  active: true,
  name: { familyName: 'Jensen', givenName: 'Barbara' },
  emails: [
    { type: 'work', value: 'bj@example.com', primary: true },
    { type: 'home', value: 'babs@jensen.org' },
  ],
  [enterprise]: { department: 'R&D' },
}

const body = (Operations: unknown): Json => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
const patch = (...operations: unknown[]): Json =>
  applyChanges(userType, user, readOperations(userType, body(operations), entra), entra)

describe('both dialects of Entra', () => {
  test('one operation an attribute, with path, PascalCase op and text booleans (P2, Q2)', () => {
    const result = patch(
      { op: 'Replace', path: 'displayName', value: 'Anna Eklund' },
      { op: 'Add', path: 'title', value: 'Lead' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'anna.e@contoso.test' },
      { op: 'Replace', path: 'name.familyName', value: 'Eklund' },
      { op: 'Add', path: `${enterprise}:department`, value: 'Sales' },
      { op: 'Replace', path: 'active', value: 'False' },
    )
    expect(result).toEqual({
      userName: 'BJensen',
      active: false,
      displayName: 'Anna Eklund',
      title: 'Lead',
      name: { familyName: 'Eklund', givenName: 'Barbara' },
      emails: [
        { type: 'work', value: 'anna.e@contoso.test', primary: true },
        { type: 'home', value: 'babs@jensen.org' },
      ],
      [enterprise]: { department: 'Sales' },
    })
  })

  test('one operation without path, keys dotted and with URN (P19, P20, Q3)', () => {
    const value = { 'name.familyName': 'Eklund', active: false, [`${enterprise}:employeeNumber`]: '77' }
    expect(patch({ op: 'replace', value })).toMatchObject({
      active: false,
      name: { familyName: 'Eklund', givenName: 'Barbara' },
      [enterprise]: { department: 'R&D', employeeNumber: '77' },
    })
  })

  test('an extension as one value, at its path or as a key (P17, P18)', () => {
    const value = { department: 'X' }
    expect(patch({ op: 'add', path: enterprise, value })[enterprise]).toEqual(value)
    expect(patch({ op: 'add', value: { [enterprise]: value } })[enterprise]).toEqual(value)
  })

  test('an element that a path describes is made if it is missing, once for a series (P9, Q14, Q15)', () => {
    const result = patch(
      { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Kista' },
      { op: 'Add', path: 'addresses[type eq "work"].postalCode', value: '164 40' },
      { op: 'Replace', path: 'emails[type eq "other"].value', value: 'b@other.test' },
    )
    expect(result.addresses).toEqual([{ type: 'work', locality: 'Kista', postalCode: '164 40' }])
    expect(result.emails).toContainEqual({ type: 'other', value: 'b@other.test' })
  })

  test.each([['m1'], [{ value: 'm1' }], [[{ $ref: 'http://x/Users/m1', value: 'm1' }]]])(
    'a manager given as %j becomes an object (Q4, Q6)',
    (value) => {
      const path = `${enterprise}:manager`
      expect(patch({ op: 'Add', path, value })[enterprise]).toMatchObject({ manager: { value: 'm1' } })
      expect(patch({ op: 'Add', path: 'manager', value })[enterprise]).toMatchObject({ manager: { value: 'm1' } })
    },
  )

  test.each([[''], [{ value: '' }], [null]])('a manager replaced by %j is removed (Q7)', (value) => {
    const path = `${enterprise}:manager`
    expect(patch({ op: 'Add', path, value: 'm1' }, { op: 'Replace', path, value })[enterprise]).toEqual({
      department: 'R&D',
    })
  })

  test('a literal in a path may be text for a boolean (M5)', () => {
    const path = 'roles[primary eq "True"].value'
    expect(patch({ op: 'Add', path, value: 'Admin' }).roles).toEqual([{ primary: true, value: 'Admin' }])
  })

  test('a role that is JSON text is kept as it is (Q20)', () => {
    const value = '{"id":"1","value":"25","displayName":"R"}'
    expect(patch({ op: 'Add', path: 'roles', value: [{ value }] }).roles).toEqual([{ value }])
  })

  test('keys of a value that are no paths, and unknown ones, are ignored (P31, N9, Q13, Q23)', () => {
    const value = { title: 'T', nosuch: 1, 'name.nosuch': 1, '@odata.type': 'x', 'constructor.prototype': {}, id: 'x' }
    const wrongUrn = { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department': 'X' }
    expect(patch({ name: 'addMember', op: 'replace', value: { ...value, ...wrongUrn } })).toEqual({
      ...user,
      title: 'T',
    })
    expect(patch({ op: 'replace', path: 'nosuch', value: 1 })).toEqual(user)
  })

  test('names in paths and values compare without case (Q21)', () => {
    const value = { Value: 'm1' }
    expect(patch({ op: 'add', path: `${enterprise}:Manager`, value })[enterprise]).toMatchObject({
      manager: { value: 'm1' },
    })
    expect(patch({ op: 'add', path: 'Emails[Type eq "work"].Value', value: 'n@x' }).emails).toContainEqual({
      type: 'work',
      value: 'n@x',
      primary: true,
    })
  })

  test('values are removed that the operation names beside the path, and no others (P25)', () => {
    const value = [{ value: 'BABS@jensen.org' }, { value: 'bj@example.com', type: 'home' }]
    expect(patch({ op: 'remove', path: 'emails', value }).emails).toEqual([(user.emails as Json[])[0]])
  })

  test('what is required cannot be removed from a value; the rest of the value, and other elements, can (P14)', () => {
    const badges = attribute('badges', 'complex', '', {
      required: true,
      multiValued: true,
      subAttributes: [attribute('value', 'string', '', { required: true }), attribute('colour', 'string', '')],
    })
    const schema = { id: 'urn:x:2.0:User', name: 'x', description: '', attributes: [badges] }
    const { User } = registryOf([{ resourceType: 'User', schema }])
    const before = { userName: 'a', [schema.id]: { badges: [{ value: '1', colour: 'red' }, { value: '2' }] } }
    const without = (path: string): unknown =>
      applyChanges(
        User,
        before,
        readOperations(User, body([{ op: 'remove', path: `${schema.id}:${path}` }]), entra),
        entra,
      )
    expect(without('badges[value eq "2"]')).toMatchObject({ [schema.id]: { badges: [{ value: '1', colour: 'red' }] } })
    expect(without('badges[value eq "1"].colour')).toMatchObject({
      [schema.id]: { badges: [{ value: '1' }, { value: '2' }] },
    })
    for (const path of ['badges', 'badges[value eq "1"].value']) {
      expect(() => without(path)).toThrow(expect.objectContaining({ scimType: 'mutability' }))
    }
  })

  test('the same type may have several values (Q22)', () => {
    expect(patch({ op: 'add', path: 'emails', value: [{ type: 'work', value: 'second@x' }] }).emails).toHaveLength(3)
  })

  test('the last attribute of an extension takes the extension with it (P23, Q36)', () => {
    expect(patch({ op: 'Remove', path: `${enterprise}:department` })).not.toHaveProperty([enterprise])
    expect(patch({ op: 'Remove', path: enterprise })).not.toHaveProperty([enterprise])
  })
})

describe('RFC 7644 §3.5.2', () => {
  test('operations see what earlier ones did (P7)', () => {
    expect(patch({ op: 'add', path: 'title', value: 'A' }, { op: 'remove', path: 'title' })).toEqual(user)
  })

  test('a complex value is merged (P12, P13)', () => {
    const name = { familyName: 'X', givenName: 'Barbara' }
    expect(patch({ op: 'replace', path: 'name', value: { familyName: 'X' } }).name).toEqual(name)
    expect(patch({ op: 'replace', value: { name: { familyName: 'X' } } }).name).toEqual(name)
  })

  test('names compare without case, with and without URN (P21, P22)', () => {
    expect(patch({ op: 'replace', path: 'USERNAME', value: 'x' }).userName).toBe('x')
    expect(
      patch({ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:userName', value: 'x' }).userName,
    ).toBe('x')
  })

  test('a filter selects all elements that match, and only those (P10, P28, M4, M7)', () => {
    const at = (path: string) => patch({ op: 'remove', path }).emails
    expect(at('emails[type eq "work" and value ew "example.com"]')).toEqual([
      { type: 'home', value: 'babs@jensen.org' },
    ])
    expect(at('emails[type eq "WORK"]')).toEqual([{ type: 'home', value: 'babs@jensen.org' }])
    expect(patch({ op: 'replace', path: 'emails[value pr].display', value: 'd' }).emails).toEqual([
      { type: 'work', value: 'bj@example.com', primary: true, display: 'd' },
      { type: 'home', value: 'babs@jensen.org', display: 'd' },
    ])
  })

  test('a new primary value takes it from the old one (M1, M3)', () => {
    const primaries = (result: Json) =>
      (result.emails as Json[]).filter((email) => email.primary).map((email) => email.value)
    expect(primaries(patch({ op: 'add', path: 'emails', value: [{ value: 'n@x', primary: true }] }))).toEqual(['n@x'])
    expect(primaries(patch({ op: 'replace', path: 'emails[type eq "home"].primary', value: true }))).toEqual([
      'babs@jensen.org',
    ])
  })

  test('an equal element is not added twice, an unset attribute not removed (P1, P43, P44)', () => {
    const again = { type: 'home', value: 'babs@jensen.org' }
    expect(changedNames(user, patch({ op: 'add', path: 'emails', value: [again] }))).toEqual([])
    expect(changedNames(user, patch({ op: 'remove', path: 'title' }))).toEqual([])
  })

  test('both conditions of a filter hold for one element (M6)', () => {
    const replace = (path: string) => patch({ op: 'replace', path, value: 'x' }).emails as Json[]
    expect(replace('emails[type eq "work" and primary eq true].value')[0]).toMatchObject({ value: 'x' })
    expect(replace('emails[type eq "home" and primary eq true].value').map(({ value }) => value)).toEqual([
      'bj@example.com',
      'babs@jensen.org',
      'x',
    ])
  })

  test('an element added again with more is the same element (P44)', () => {
    const value = { type: 'home', value: 'babs@jensen.org', display: 'Babs' }
    expect(patch({ op: 'add', path: 'emails', value }).emails).toEqual([(user.emails as Json[])[0], value])
  })

  test('a whole list is replaced, of equal entries one is kept (P45)', () => {
    const entry = { type: 'work', value: 'x' }
    expect(patch({ op: 'replace', path: 'emails', value: [entry, entry] }).emails).toEqual([entry])
    expect(patch({ op: 'replace', path: 'emails', value: [] })).not.toHaveProperty('emails')
  })

  test('a value beside the removal of a single attribute does not matter (P42)', () => {
    expect(patch({ op: 'remove', path: 'active', value: 'something else' })).not.toHaveProperty('active')
  })

  test('null in a complex value unsets that part only', () => {
    expect(patch({ op: 'replace', path: 'name', value: { givenName: null } }).name).toEqual({ familyName: 'Jensen' })
  })

  test('null and "" unset (N2, N3)', () => {
    expect(patch({ op: 'replace', path: 'name.givenName', value: null }).name).toEqual({ familyName: 'Jensen' })
    expect(patch({ op: 'replace', path: 'emails[type eq "home"].value', value: '' }).emails).toHaveLength(1)
  })

  test('the document given stays as it was (P6)', () => {
    const before = structuredClone(user)
    patch({ op: 'replace', path: 'name.familyName', value: 'X' })
    expect(user).toEqual(before)
  })

  test.each([
    ['an unknown op (P3)', { op: 'move', path: 'title' }, 'invalidSyntax'],
    ['remove without path (P8)', { op: 'remove' }, 'noTarget'],
    ['removing what is required (P14)', { op: 'remove', path: 'userName' }, 'mutability'],
    ['a read-only path (P15)', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [
      'the licence (L9)',
      { op: 'replace', path: 'urn:entrada:params:scim:schemas:extension:licence:2.0:User:state', value: 'licensed' },
      'mutability',
    ],
    ['no op (P3)', { path: 'title' }, 'invalidSyntax'],
    ['no value', { op: 'add', path: 'title' }, 'invalidValue'],
    ['an open bracket (P30)', { op: 'remove', path: 'emails[type eq "work"' }, 'invalidPath'],
    ['empty brackets (P30)', { op: 'remove', path: 'emails[]' }, 'invalidPath'],
    ['a broken filter (P30)', { op: 'remove', path: 'emails[type eq]' }, 'invalidFilter'],
    ['two dots (P30)', { op: 'remove', path: 'a..b' }, 'invalidPath'],
    ['an empty path (P30)', { op: 'remove', path: '' }, 'invalidPath'],
    ['a prototype (P34)', { op: 'add', path: '__proto__.admin', value: true }, 'invalidPath'],
    [
      'the prototype of a constructor (P34)',
      { op: 'add', path: 'constructor.prototype.admin', value: true },
      'invalidPath',
    ],
    ['an unknown sub-attribute in a filter', { op: 'remove', path: 'emails[nosuch eq 1]' }, 'invalidFilter'],
    ['elements of what has none', { op: 'remove', path: 'title[type eq "work"]' }, 'invalidPath'],
    [
      'several primary values at once (M2)',
      {
        op: 'add',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['an index (P29)', { op: 'replace', path: 'emails[0].value', value: 'x' }, 'invalidPath'],
    ['a sub-attribute of many values (P32)', { op: 'replace', path: 'emails.value', value: 'x' }, 'invalidPath'],
    [
      'a filter that describes no element',
      { op: 'replace', path: 'emails[type ne "work" and type ne "home"].value', value: 'x' },
      'noTarget',
    ],
    ['null among values (N5)', { op: 'add', path: 'emails', value: [null] }, 'invalidValue'],
    ['a number for text (N7)', { op: 'replace', path: 'userName', value: 5 }, 'invalidValue'],
    ['a boolean that is none (N6)', { op: 'replace', path: 'active', value: 'yes' }, 'invalidValue'],
    ['a blank user name (U12)', { op: 'replace', path: 'userName', value: ' ' }, 'invalidValue'],
  ])('%s is refused', (_name, operation, scimType) => {
    expect(() => patch(operation)).toThrow(expect.objectContaining({ status: 400, scimType }))
  })

  const many = (count: number, value: (n: number) => object) => Array.from({ length: count }, (_, n) => value(n))
  test.each([
    ['operations', many(1_001, () => ({ op: 'remove', path: 'title' })), 'invalidSyntax'],
    [
      'keys',
      [
        {
          op: 'add',
          value: Object.fromEntries(many(2_001, () => ({})).map((_, n) => [`emails[type eq "${n}"].value`, 'x'])),
        },
      ],
      'invalidSyntax',
    ],
    [
      'filter terms',
      many(26, () => ({ op: 'remove', path: `emails[${Array(199).fill('value pr').join(' or ')}]` })),
      'invalidFilter',
    ],
    ['values', [{ op: 'add', path: 'emails', value: many(251, (n) => ({ value: `${n}` })) }], 'invalidValue'],
    [
      'values, added one by one',
      many(251, (n) => ({ op: 'add', path: 'emails', value: [{ value: `${n}` }] })),
      'invalidValue',
    ],
  ])('too many %s are refused, so that no PATCH takes long', (_name, operations, scimType) => {
    expect(() => patch(...operations)).toThrow(expect.objectContaining({ status: 400, scimType }))
  })

  test('a body without operations or schemas is refused (P4, P5)', () => {
    for (const bad of [
      body(undefined),
      body([]),
      body({}),
      body([1]),
      { ...body([{ op: 'remove', path: 'title' }]), schemas: ['urn:x'] },
      { Operations: [{ op: 'remove', path: 'title' }] },
      [],
      null,
    ]) {
      expect(() => readOperations(userType, bad, entra)).toThrow(expect.objectContaining({ scimType: 'invalidSyntax' }))
    }
  })
})

test('a body may write its names in small letters (P4)', () => {
  const { schemas } = body([])
  const operations = [{ OP: 'Replace', Path: 'title', VALUE: 'T' }]
  expect(readOperations(userType, { schemas, operations }, entra)).toMatchObject([{ op: 'replace', value: 'T' }])
})

describe('members', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`) as [
    string,
    string,
    string,
  ]
  const delta = (...operations: unknown[]) => memberDelta(readOperations(groupType, body(operations), entra))

  test('are removed by value array or by filter, the others stay (P25, P26, P27)', () => {
    const some = { clear: false, add: [], remove: [a, b] }
    expect(delta({ op: 'Remove', path: 'members', value: [{ $ref: null, value: a }, { value: b }] })).toEqual(some)
    expect(delta({ op: 'remove', path: `members[value eq"${a}" or value eq "${b}"]` })).toEqual(some)
  })

  test('all go by a bare remove or an empty replace (P24, P39)', () => {
    const all = { clear: true, add: [], remove: [] }
    expect(delta({ op: 'remove', path: 'members' })).toEqual(all)
    expect(delta({ op: 'replace', path: 'members', value: [] })).toEqual(all)
  })

  test('fold to one delta in the order of the operations', () => {
    const steps = [
      { op: 'replace', path: 'members', value: [{ value: a }] },
      { op: 'Add', path: 'members', value: [{ value: b }, { value: b }, { value: c }] },
      { op: 'remove', path: `members[value eq "${a}"]` },
    ]
    expect(delta(...steps)).toEqual({ clear: true, add: [b, c], remove: [] })
  })

  test('that no id selects are chosen among those there are, unless that takes long', () => {
    const changes = readOperations(groupType, body([{ op: 'remove', path: 'members[display co "x"]' }]), entra)
    expect(memberDelta(changes)).toBeUndefined()
    const crowd = Array.from({ length: 2_000_001 }, () => ({ isMember: true, member: { value: a } as Member }))
    expect(() => selectMembers(crowd, changes, 'lenient')).toThrow(expect.objectContaining({ scimType: 'tooMany' }))
  })

  test('cannot be changed in place, or be what is no id (P40, P46)', () => {
    const change = { op: 'replace', path: `members[value eq "${a}"].value`, value: b }
    expect(() => delta(change)).toThrow(expect.objectContaining({ scimType: 'mutability' }))
    const add = { op: 'add', path: 'members', value: [{ value: 'nobody' }] }
    expect(() => delta(add)).toThrow(expect.objectContaining({ scimType: 'invalidValue' }))
  })
})
