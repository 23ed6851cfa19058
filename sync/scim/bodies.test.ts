import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { attribute } from '../defaults/build.ts'
import { applyOperations } from './apply.testing.ts'
import { CORE_USER, createBody, ENTERPRISE_USER, type Write } from './body.ts'
import { type Dialect, dialectOf, differences, patchOperations } from './patch.ts'
import { memberOperations, referenceOperation } from './references.ts'
import { type TargetValue, targetOf } from './target.ts'

const TYPES = { active: 'Boolean' } as const
const CASE_EXACT = new Set(['externalId'])

const write = (name: string, value: TargetValue): Write => ({
  target: targetOf(
    attribute(name, name in TYPES ? 'Boolean' : 'String', {
      caseExact: CASE_EXACT.has(name),
      multivalued: name === 'tags',
    }),
  ),
  value,
})

const ANNA = [
  write('externalId', 'anna'),
  write('userName', 'anna@contoso.test'),
  write('active', true),
  write('displayName', 'Anna Ek'),
  write('emails[type eq "work"].value', 'anna@contoso.test'),
  write('name.familyName', 'Ek'),
  write(`${ENTERPRISE_USER}:department`, 'R&D'),
]

test('a new user is posted with both schemas, a boolean active and a primary work address', () => {
  expect(createBody('user', ANNA)).toEqual({
    schemas: [CORE_USER, ENTERPRISE_USER],
    externalId: 'anna',
    userName: 'anna@contoso.test',
    active: true,
    displayName: 'Anna Ek',
    emails: [{ primary: true, type: 'work', value: 'anna@contoso.test' }],
    name: { familyName: 'Ek' },
    [ENTERPRISE_USER]: { department: 'R&D' },
    roles: [],
    meta: { resourceType: 'User' },
  })
})

test('a custom extension is written under its URN and not listed in schemas', () => {
  const info = 'urn:ietf:params:scim:schemas:extension:info:2.0:User'
  const body = createBody('user', [write(`${info}:info1`, 'a'), write(`${info}:info2`, 'b')])
  expect(body[info]).toEqual({ info1: 'a', info2: 'b' })
  expect(body.schemas).toEqual([CORE_USER, ENTERPRISE_USER])
})

test('sub-attributes of one element come together, and a role gets a boolean primary and a type', () => {
  const body = createBody('user', [
    write('addresses[type eq "work"].streetAddress', 'Main St 1'),
    write('addresses[type eq "work"].postalCode', '00100'),
    write('addresses[type eq "other"].formatted', 'Room 2'),
    write('roles[primary eq "True"].value', 'Admin'),
  ])
  expect(body.addresses).toEqual([
    { type: 'work', streetAddress: 'Main St 1', postalCode: '00100' },
    { type: 'other', formatted: 'Room 2' },
  ])
  expect(body.roles).toEqual([{ primary: true, value: 'Admin', type: 'WindowsAzureActiveDirectoryRole' }])
})

test('a new group is posted without members', () => {
  expect(createBody('group', [write('displayName', 'Sales'), write('externalId', 'id-1')])).toEqual({
    schemas: [
      'urn:ietf:params:scim:schemas:core:2.0:Group',
      'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
    ],
    externalId: 'id-1',
    displayName: 'Sales',
    meta: { resourceType: 'Group' },
  })
})

describe('PATCH', () => {
  const current = {
    id: '1',
    displayName: 'Anna Ek',
    active: true,
    emails: [{ type: 'work', value: 'old@contoso.test' }],
    name: { familyName: 'Ek' },
  }
  const wanted = [
    write('displayName', 'Anna Eklund'),
    write('title', 'Lead'),
    write('emails[type eq "work"].value', 'anna.e@contoso.test'),
    write('name.familyName', 'Eklund'),
    write(`${ENTERPRISE_USER}:department`, 'R&D'),
    write('active', false),
  ]

  test('legacy: an operation an attribute, capitalised, booleans as text', () => {
    expect(patchOperations(wanted, current, 'legacy')).toEqual([
      { op: 'Replace', path: 'displayName', value: 'Anna Eklund' },
      { op: 'Add', path: 'title', value: 'Lead' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'anna.e@contoso.test' },
      { op: 'Replace', path: 'name.familyName', value: 'Eklund' },
      { op: 'Add', path: `${ENTERPRISE_USER}:department`, value: 'R&D' },
      { op: 'Replace', path: 'active', value: 'False' },
    ])
  })

  test('compliant: simple attributes merged without a path, elements apart', () => {
    expect(patchOperations(wanted, current, 'compliant')).toEqual([
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'anna.e@contoso.test' },
      { op: 'add', value: { title: 'Lead', [`${ENTERPRISE_USER}:department`]: 'R&D' } },
      { op: 'replace', value: { displayName: 'Anna Eklund', 'name.familyName': 'Eklund', active: false } },
    ])
  })

  test('a difference in case counts only where the attribute is case-exact', () => {
    const held = { userName: 'ANNA', externalId: 'ANNA' }
    const changes = differences([write('userName', 'anna'), write('externalId', 'anna')], held)
    expect(changes.map(({ target }) => target.path.text)).toEqual(['externalId'])
  })

  test('an attribute is only added, or always written, where the mapping says so', () => {
    const held = { title: 'Lead', displayName: 'Anna' }
    const changes = differences(
      [
        { ...write('title', 'Chief'), condition: 'ifAbsent' },
        { ...write('displayName', 'Anna'), condition: 'always' },
      ],
      held,
    )
    expect(changes.map(({ target }) => target.path.text)).toEqual(['displayName'])
  })

  const text = fc.string({ minLength: 1 }).filter((value) => !/^(true|false)$/i.test(value))
  const state = fc.record(
    {
      externalId: text,
      active: fc.boolean(),
      displayName: text,
      'name.givenName': text,
      'emails[type eq "work"].value': text,
      'emails[type eq "other"].value': text,
      'addresses[type eq "work"].postalCode': text,
      [`${ENTERPRISE_USER}:department`]: text,
    },
    { requiredKeys: [] },
  )
  const writes = (values: Record<string, TargetValue | undefined>) =>
    Object.entries(values).map(([name, value]) => write(name, value!))

  test.each<Dialect>(['legacy', 'compliant'])(
    '%s: applied to the written state it gives the wanted state',
    (dialect) => {
      fc.assert(
        fc.property(state, state, (before, after) => {
          const written = createBody('user', writes(before))
          const patched = applyOperations(written, patchOperations(writes(after), written, dialect))
          expect(differences(writes(after), patched)).toEqual([])
          const untouched = Object.entries(before).filter(([name]) => !(name in after))
          expect(differences(writes(Object.fromEntries(untouched)), patched)).toEqual([])
        }),
      )
    },
  )
})

test.each([
  ['https://a.test/scim', 'scim', 'legacy'],
  ['https://a.test/scim?aadOptscim062020', 'scim', 'compliant'],
  ['https://a.test/scim', 'mfiles', 'compliant'],
  ['https://a.test/scim?AzureAdScimPatch2017', 'mfiles', 'legacy'],
])('%s of template %s is patched in the %s dialect', (url, template, dialect) => {
  expect(dialectOf(url, template)).toBe(dialect)
})

test('members are added and removed in batches, in the form of the dialect', () => {
  expect(memberOperations('members', ['1', '2', '3'], ['4'], 'legacy', 2)).toEqual([
    [
      {
        op: 'Add',
        path: 'members',
        value: [
          { $ref: null, value: '1' },
          { $ref: null, value: '2' },
        ],
      },
    ],
    [{ op: 'Add', path: 'members', value: [{ $ref: null, value: '3' }] }],
    [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: '4' }] }],
  ])
  expect(memberOperations('members', [], ['4', '5'], 'compliant', 9)).toEqual([
    [
      { op: 'remove', path: 'members[value eq "4"]' },
      { op: 'remove', path: 'members[value eq "5"]' },
    ],
  ])
})

test('a manager is added, replaced and cleared', () => {
  const path = `${ENTERPRISE_USER}:manager`
  expect(referenceOperation(path, 'm1', false, 'legacy')).toEqual({ op: 'Add', path, value: 'm1' })
  expect(referenceOperation(path, 'm2', true, 'compliant')).toEqual({ op: 'replace', path, value: 'm2' })
  expect(referenceOperation(path, null, true, 'legacy')).toEqual({ op: 'Replace', path, value: '' })
  expect(referenceOperation(path, 'm1', false, 'legacy', 'object').value).toEqual({ value: 'm1' })
})

test('values are added to several, and what is there stays', () => {
  const tags: Write = { ...write('tags', ['a', 'b']), condition: 'addValues' }
  expect(patchOperations([tags], { tags: ['b', 'c'] }, 'legacy')).toEqual([{ op: 'Add', path: 'tags', value: ['a'] }])
  expect(patchOperations([tags], { tags: ['a', 'b', 'c'] }, 'legacy')).toEqual([])
})
