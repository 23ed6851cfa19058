import { expect, test } from '@jest/globals'
import { INFO1, templateSchema } from '../testing/tenant.ts'
import { mappingDrift } from './drift.ts'
import { editSchema, isExpression, type SchemaInputs } from './edit.ts'
import type { AdditionalMapping } from './inputs.ts'

const none: SchemaInputs = { additionalMappings: [], scopingFilters: {} }
const department: AdditionalMapping = { object: 'user', source: '[department]', target: INFO1 }
const withDepartment: SchemaInputs = { ...none, additionalMappings: [department] }
const noneParsed = new Map()

test('an additional mapping is appended and everything else stays as it was', () => {
  const before = templateSchema()
  const after = editSchema(before, undefined, withDepartment, noneParsed)
  expect(before).toEqual(templateSchema())
  const [users, groups] = after.synchronizationRules[0]!.objectMappings
  expect(users!.attributeMappings.slice(0, -1)).toEqual(
    before.synchronizationRules[0]!.objectMappings[0]!.attributeMappings,
  )
  expect(users!.attributeMappings.at(-1)).toEqual({
    targetAttributeName: INFO1,
    source: { expression: '[department]', name: 'department', type: 'Attribute', parameters: [] },
    defaultValue: null,
    matchingPriority: 0,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  })
  expect(groups).toEqual(before.synchronizationRules[0]!.objectMappings[1])
})

test('an edit that is there already gives the very same schema', () => {
  const after = editSchema(templateSchema(), undefined, withDepartment, noneParsed)
  expect(editSchema(after, withDepartment, withDepartment, noneParsed)).toBe(after)
})

test('only what was asked for before is taken back', () => {
  const filter = { user: [[{ attribute: 'department', operator: 'EQUALS', value: 'Sales' }]] }
  const asked = { ...withDepartment, scopingFilters: filter }
  const after = editSchema(templateSchema(), undefined, asked, noneParsed)
  expect(editSchema(after, asked, none, noneParsed)).toEqual(templateSchema())
  expect(editSchema(after, none, none, noneParsed)).toBe(after)
})

test('default mappings are not rewritten, and all problems are said at once', () => {
  const wrong: AdditionalMapping[] = [
    { object: 'user', source: '[department]', target: 'displayName' },
    { object: 'user', source: '[departement]', target: INFO1 },
    { object: 'user', source: '[department]', target: `${INFO1}x` },
  ]
  const edit = () => editSchema(templateSchema(), undefined, { ...none, additionalMappings: wrong }, noneParsed)
  expect(edit).toThrow(
    /displayName is already mapped from \[displayName\].*source has no attribute 'departement': did you mean department\?.*target has no attribute '.*info1x': did you mean .*info1\?/s,
  )
})

test('attributes inside an expression are looked for, too, and texts in it are none', () => {
  const source = 'Join(" [x] ", [departement], [displayName])'
  const news = { ...none, additionalMappings: [{ object: 'user' as const, source, target: INFO1 }] }
  const parsed = new Map([[source, { expression: source, name: null, type: 'Function' as const, parameters: [] }]])
  const edit = () => editSchema(templateSchema(), undefined, news, parsed)
  expect(edit).toThrow(/^additionalMappings: the source has no attribute 'departement': did you mean department\?$/)
})

test.each<[string, { attribute: string; operator: string; value?: string }, string]>([
  [
    'what there is not',
    { attribute: 'departmnt', operator: 'IS NULL' },
    "the source has no attribute 'departmnt': did you mean department?",
  ],
  [
    'several values',
    { attribute: 'proxyAddresses', operator: 'EQUALS', value: 'a' },
    "'proxyAddresses' has several values",
  ],
  [
    'a text by size',
    { attribute: 'department', operator: 'Greater_Than', value: '1' },
    "'department' is of the type String, which Greater_Than does not compare: use EQUALS,",
  ],
  [
    'a date',
    { attribute: 'hired', operator: 'IS NULL' },
    "'hired' is of the type DateTime, which IS NULL does not compare: no filter can",
  ],
])('a scoping filter that compares %s is found before it is written', (_, clause, message) => {
  const schema = templateSchema()
  const { attributes } = schema.directories![0]!.objects[0]!
  attributes.find(({ name }) => name === 'department')!.type = 'String'
  attributes.push({ name: 'proxyAddresses', type: 'String', multivalued: true }, { name: 'hired', type: 'DateTime' })
  const edit = () => editSchema(schema, undefined, { ...none, scopingFilters: { user: [[clause]] } }, noneParsed)
  expect(edit).toThrow(`scopingFilters.user: ${message}`)
})

test('a changed source rewrites our own mapping', () => {
  const first = editSchema(templateSchema(), undefined, withDepartment, noneParsed)
  const news: SchemaInputs = { ...none, additionalMappings: [{ ...department, source: '"fixed"' }] }
  const second = editSchema(first, withDepartment, news, noneParsed)
  expect(second.synchronizationRules[0]!.objectMappings[0]!.attributeMappings.at(-1)?.source).toEqual({
    expression: '"fixed"',
    name: 'fixed',
    type: 'Constant',
    parameters: [],
  })
})

test('scoping filters keep the filter groups that they do not own', () => {
  const schema = templateSchema()
  const other = { name: 'input', clauses: [] }
  schema.synchronizationRules[0]!.objectMappings[0]!.scope = {
    groups: [],
    inputFilterGroups: [other],
    categoryFilterGroups: [],
  }
  const scopingFilters = { user: [[{ attribute: 'department', operator: 'IS NOT NULL' }]] }
  const after = editSchema(schema, undefined, { ...none, scopingFilters }, noneParsed)
  expect(after.synchronizationRules[0]!.objectMappings[0]!.scope).toEqual({
    groups: [
      {
        name: 'Filter 1',
        clauses: [{ sourceOperandName: 'department', operatorName: 'IS NOT NULL', targetOperand: { values: [] } }],
      },
    ],
    inputFilterGroups: [other],
    categoryFilterGroups: [],
  })
})

test('group mapping is switched where asked, else left', () => {
  const off = editSchema(templateSchema(), undefined, { ...none, groupMapping: false }, noneParsed)
  expect(off.synchronizationRules[0]!.objectMappings.map(({ enabled }) => enabled)).toEqual([true, false])
})

test("only expressions need Graph's parser", () => {
  expect(['[mail]', '"x"', '"say ""x"""', 'Mid([mail], 1, 2)', '[a] & [b]'].map(isExpression)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ])
})

test('drift from the template is told, what was asked for is not', () => {
  const schema = editSchema(templateSchema(), undefined, { ...withDepartment, groupMapping: false }, noneParsed)
  expect(mappingDrift(schema, templateSchema(), { ...withDepartment, groupMapping: false })).toEqual([])
  expect(mappingDrift(schema, templateSchema(), none)).toEqual([
    `user ${INFO1}: [department], by default not mapped`,
    'group: provisioning is disabled, by default enabled',
  ])
})
