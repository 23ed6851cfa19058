import { describe, expect, test } from '@jest/globals'
import { templateSchema } from './defaults/templates.ts'
import { DEFAULT_ENVIRONMENT } from './expression/functions/index.ts'
import { byPath, filterFor, matchValues, missingRequired, softDeleteWrites, uniqueWrites, writesFor } from './flow.ts'
import { compileSchema } from './rules.ts'
import type { AttributeMapping } from './schema.ts'
import { entraSource, guestPrincipalName } from './source.ts'

const ANNA = {
  id: 'b1d5ed3f-0000-4000-8000-000000000001',
  userPrincipalName: 'anna@contoso.test',
  displayName: 'Anna Ek',
  givenName: 'Anna',
  surname: 'Ek',
  mail: 'anna@contoso.test',
  mailNickname: 'anna',
  businessPhones: ['+358 1', '+358 2'],
  department: null,
  onPremisesExtensionAttributes: { extensionAttribute7: 'seven' },
}
const source = entraSource(ANNA, false)

const userSchema = (change: (mappings: AttributeMapping[]) => void = () => {}) => {
  const schema = templateSchema('scim')
  change(schema.synchronizationRules[0]!.objectMappings[0]!.attributeMappings)
  return schema
}
const userRules = (change?: (mappings: AttributeMapping[]) => void) => compileSchema(userSchema(change)).user!

const written = (change: (mappings: AttributeMapping[]) => void, occasion: 'create' | 'update') =>
  byPath(writesFor(userRules(change), source, DEFAULT_ENVIRONMENT, occasion))

test('the generic default mapping gives values for all that is set, in target types', () => {
  expect(written(() => {}, 'create')).toEqual({
    userName: 'anna@contoso.test',
    active: true,
    displayName: 'Anna Ek',
    'emails[type eq "work"].value': 'anna@contoso.test',
    'name.givenName': 'Anna',
    'name.familyName': 'Ek',
    'phoneNumbers[type eq "work"].value': '+358 1',
    externalId: 'anna',
  })
})

test('the M-Files stand-in maps what M-Files takes, and info1 and info2 can be added', () => {
  const schema = templateSchema('mfiles')
  schema.synchronizationRules[0]!.objectMappings[0]!.attributeMappings.push({
    targetAttributeName: 'urn:ietf:params:scim:schemas:extension:info:2.0:User:info1',
    source: { expression: '[extensionAttribute7]', name: 'extensionAttribute7', type: 'Attribute', parameters: [] },
    defaultValue: null,
    matchingPriority: 0,
    flowBehavior: 'FlowWhenChanged',
    flowType: 'Always',
    exportMissingReferences: false,
  })
  expect(byPath(writesFor(compileSchema(schema).user!, source, DEFAULT_ENVIRONMENT, 'create'))).toEqual({
    userName: 'anna@contoso.test',
    active: true,
    'emails[type eq "work"].value': 'anna@contoso.test',
    'name.givenName': 'Anna',
    'name.familyName': 'Ek',
    'name.formatted': 'Anna Ek',
    externalId: ANNA.id,
    'urn:ietf:params:scim:schemas:extension:info:2.0:User:info1': 'seven',
  })
})

describe('flow', () => {
  const find = (mappings: AttributeMapping[], name: string) => mappings.find((one) => one.targetAttributeName === name)!

  test('a default value counts when the object is created only', () => {
    const change = (mappings: AttributeMapping[]) => {
      find(mappings, 'title').defaultValue = 'Employee'
    }
    expect(written(change, 'create')).toHaveProperty('title', 'Employee')
    expect(written(change, 'update')).not.toHaveProperty('title')
  })

  test('a create-only mapping is left out of updates', () => {
    const change = (mappings: AttributeMapping[]) => {
      find(mappings, 'displayName').flowType = 'ObjectAddOnly'
    }
    expect(written(change, 'create')).toHaveProperty('displayName')
    expect(written(change, 'update')).not.toHaveProperty('displayName')
  })

  test.each([
    ['AttributeAddOnly', 'displayName', 'ifAbsent'],
    ['ValueAddOnly', 'displayName', 'ifAbsent'],
    ['ValueAddOnly', 'mails', 'addValues'],
    ['MultiValueAddOnly', 'mails', 'addValues'],
    ['MultiValueAddOnly', 'displayName', undefined],
  ] as const)('%s to %s is written on the condition %s', (flowType, name, condition) => {
    const schema = userSchema((mappings) => {
      const line = find(mappings, 'displayName')
      line.flowType = flowType
      if (name === 'mails') line.targetAttributeName = 'mails'
    })
    const definitions = schema.directories[1]!.objects[0]!.attributes
    definitions.push({ ...definitions.find((one) => one.name === 'title')!, name: 'mails', multivalued: true })
    const writes = writesFor(compileSchema(schema).user!, source, DEFAULT_ENVIRONMENT, 'update')
    expect(writes.find(({ target }) => target.path.text === name)?.condition).toBe(condition)
  })

  test('SelectUniqueValue gives its values in order, when the object is created', () => {
    const unique = userRules((mappings) => {
      find(mappings, 'externalId').source!.expression = 'SelectUniqueValue([mail], [jobTitle], [givenName])'
    })
    expect(byPath(writesFor(unique, source, DEFAULT_ENVIRONMENT, 'create'))).not.toHaveProperty('externalId')
    const [candidates] = uniqueWrites(unique, source, DEFAULT_ENVIRONMENT)
    expect(candidates!.map(filterFor)).toEqual(['externalId eq "anna@contoso.test"', 'externalId eq "Anna"'])
  })

  test.each([
    ['userName', 'SelectUniqueValue([mail], [givenName])', 'cannot be used on a matching attribute'],
    ['externalId', 'ToLower(SelectUniqueValue([mail], [givenName]))', 'can only be the outermost function'],
  ])('SelectUniqueValue is refused on %s as %s', (name, expression, message) => {
    const change = (mappings: AttributeMapping[]) => {
      find(mappings, name).source!.expression = expression
    }
    expect(() => userRules(change)).toThrow(message)
  })

  test('required target attributes without a value are named', () => {
    const rules = userRules()
    expect(
      missingRequired(
        rules,
        writesFor(rules, () => null, DEFAULT_ENVIRONMENT, 'create'),
      ),
    ).toEqual(['userName'])
  })

  test('an ignored empty value does not take the default', () => {
    const change = (mappings: AttributeMapping[]) => {
      const title = find(mappings, 'title')
      title.source!.expression = 'IgnoreFlowIfNullOrEmpty([jobTitle])'
      title.defaultValue = 'Employee'
    }
    expect(written(change, 'create')).not.toHaveProperty('title')
  })

  test('a constant is a default value without a source', () => {
    const change = (mappings: AttributeMapping[]) => {
      Object.assign(find(mappings, 'title'), { source: null, defaultValue: 'Employee' })
    }
    expect(written(change, 'update')).toHaveProperty('title', 'Employee')
  })

  test('disabling writes what is mapped from IsSoftDeleted and nothing else', () => {
    expect(byPath(softDeleteWrites(userRules(), entraSource(ANNA, true), DEFAULT_ENVIRONMENT))).toEqual({
      active: false,
    })
  })

  test('a value that does not fit names the target attribute', () => {
    const change = (mappings: AttributeMapping[]) => {
      find(mappings, 'active').source!.expression = '[displayName]'
    }
    expect(() => written(change, 'create')).toThrow(
      'The mapping to active failed: active takes True or False, not "Anna Ek"',
    )
  })

  test('matching filters come by precedence, attributes without a value left out', () => {
    const change = (mappings: AttributeMapping[]) => {
      find(mappings, 'emails[type eq "work"].value').matchingPriority = 1
      find(mappings, 'title').matchingPriority = 2
      find(mappings, 'userName').matchingPriority = 3
    }
    expect(matchValues(userRules(change), source, DEFAULT_ENVIRONMENT).map(filterFor)).toEqual([
      'emails[type eq "work"].value eq "anna@contoso.test"',
      'userName eq "anna@contoso.test"',
    ])
  })
})

describe('a schema that cannot be used', () => {
  test('says all that is wrong at once', () => {
    const schema = userSchema((mappings) => {
      mappings[0]!.matchingPriority = 0
      mappings[1]!.targetAttributeName = 'id'
      mappings[2]!.source!.expression = 'Nope([a])'
      mappings[3]!.targetAttributeName = 'unknown'
      mappings[17]!.source!.expression = 'Append([manager], "x")'
    })
    const mapping = schema.synchronizationRules[0]!.objectMappings[0]!
    mapping.flowTypes = 'Add, Change'
    mapping.scope = {
      groups: [{ name: 'g', clauses: [{ sourceOperandName: 'a', operatorName: 'LIKE', targetOperand: null }] }],
      inputFilterGroups: [],
      categoryFilterGroups: [],
    }
    expect(() => compileSchema(schema)).toThrow(
      expect.objectContaining({
        problems: [
          expect.stringContaining('target attribute id: set by the target itself'),
          expect.stringContaining('Unknown function "Nope"'),
          expect.stringContaining('target attribute unknown: not in the attribute list'),
          expect.stringContaining('a reference can only be mapped from an attribute'),
          expect.stringContaining('has no matching attribute'),
          expect.stringContaining('"Add, Change" is not a list of Add, Update, Delete'),
          expect.stringContaining('unknown operator "LIKE"'),
        ],
      }),
    )
  })

  test('a mapping that is off gives no rules', () => {
    const schema = userSchema()
    schema.synchronizationRules[0]!.objectMappings[1]!.enabled = false
    expect(compileSchema(schema).group).toBeNull()
  })
})

test.each([
  ['john.smith_fabrikam.test#EXT#@contoso.test', 'john.smith@fabrikam.test'],
  ['a_b_fabrikam.test#EXT#@contoso.test', 'a_b@fabrikam.test'],
  ['anna@contoso.test', 'anna@contoso.test'],
])('the principal name %s flows as %s', (name, flowed) => {
  expect(guestPrincipalName(name)).toBe(flowed)
  expect(entraSource({ userPrincipalName: name }, false)('originalUserPrincipalName')).toBe(name)
})
