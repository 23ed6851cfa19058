import { describe, expect, test } from '@jest/globals'
import { checkSchema } from './check.ts'
import { attribute } from './defaults/build.ts'
import { templateSchema } from './defaults/templates.ts'
import { SchemaError } from './rules.ts'
import type { AttributeMapping, ObjectMapping, SynchronizationSchema } from './schema.ts'

type Change = (users: ObjectMapping, schema: SynchronizationSchema) => void

function problemsAfter(change: Change): string[] {
  const schema = templateSchema('scim')
  change(schema.synchronizationRules[0]!.objectMappings[0]!, schema)
  try {
    checkSchema(schema)
    return []
  } catch (error) {
    if (error instanceof SchemaError) return error.problems
    throw error
  }
}

const from =
  (expression: string, target = 'title'): Change =>
  ({ attributeMappings }) => {
    attributeMappings.find((one) => one.targetAttributeName === target)!.source!.expression = expression
  }

const filtered =
  (sourceOperandName: string, operatorName: string, ...values: string[]): Change =>
  (users) => {
    const group = { name: 'f', clauses: [{ sourceOperandName, operatorName, targetOperand: { values } }] }
    users.scope = { groups: [group], inputFilterGroups: [], categoryFilterGroups: [] }
  }

const withAttribute =
  (definition: ReturnType<typeof attribute>, change: Change): Change =>
  (users, schema) => {
    schema.directories[0]!.objects[0]!.attributes.push(definition)
    change(users, schema)
  }

test.each(['scim', 'mfiles'])('the schema of the template %s is as it should be, by documents and by guides', (id) => {
  expect(() => checkSchema(templateSchema(id))).not.toThrow()
  expect(() => checkSchema(templateSchema(id, 'vendorGuides'))).not.toThrow()
})

describe('a mapping', () => {
  test.each<[string, Change, string]>([
    ['an attribute that there is not', from('[departmnt]'), 'User has no attribute "departmnt"; it has objectId,'],
    ['one inside an expression', from('Join(" ", [givenName], [Surname])'), 'User has no attribute "Surname"'],
    ['userType', from('[userType]'), 'userType cannot be the source of a mapping'],
    ['photo, though it is listed', withAttribute(attribute('photo', 'Binary'), from('[photo]')), 'photo cannot be'],
    ['SamAccountName in any case', from('ToLower([samAccountName])'), 'samAccountName cannot be the source'],
    [
      'an extension with several values',
      withAttribute(attribute('extension_1_tags', 'String', { multivalued: true }), from('[extension_1_tags]')),
      'an extension with several values, which no mapping can read',
    ],
    [
      'a manager from a text',
      from('[displayName]', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'),
      'a reference can only be mapped from a reference',
    ],
  ])('cannot read %s', (_, change, problem) => {
    expect(problemsAfter(change)).toEqual([expect.stringContaining(problem)])
  })

  test.each<[string, Change]>([
    ['an extension that a client added', withAttribute(attribute('extension_1_team'), from('[extension_1_team]'))],
    ['several values', from('Join(";", [proxyAddresses])')],
    ['what no attribute is: texts with brackets', from('Append("[nothing]", [city])')],
  ])('can read %s', (_, change) => {
    expect(problemsAfter(change)).toEqual([])
  })
})

describe('a scoping filter', () => {
  test.each<[string, Change, string]>([
    ['what there is not', filtered('departmnt', 'EQUALS', 'Sales'), 'User has no attribute "departmnt"'],
    ['several values', filtered('proxyAddresses', 'EQUALS', 'a'), 'it has several values, which no filter compares'],
    ['roles', filtered('appRoleAssignments', 'IS NOT NULL'), 'this attribute cannot be used in a filter'],
    ['a manager', filtered('manager', 'IS NOT NULL'), 'this attribute cannot be used in a filter'],
    [
      'a date',
      withAttribute(attribute('employeeHireDate', 'DateTime'), filtered('employeeHireDate', 'IS NULL')),
      'it is a DateTime, which no filter compares',
    ],
    ['a text by IS TRUE', filtered('department', 'IS TRUE'), 'IS TRUE compares Boolean; it is a String'],
    ['a text by size', filtered('employeeId', 'Greater_Than', '7'), 'Greater_Than compares Integer; it is a String'],
    [
      'a flag by EQUALS',
      filtered('accountEnabled', 'EQUALS', 'True'),
      'EQUALS compares Integer, String; it is a Boolean',
    ],
    ['in a way that there is not', filtered('department', 'LIKE', 'S'), 'unknown operator "LIKE"'],
  ])('cannot compare %s', (_, change, problem) => {
    expect(problemsAfter(change).join()).toContain(problem)
  })

  test('on input is held to the same', () => {
    const change: Change = (users, schema) => {
      filtered('departmnt', 'IS NULL')(users, schema)
      users.scope = { groups: [], inputFilterGroups: users.scope!.groups, categoryFilterGroups: [] }
    }
    expect(problemsAfter(change)).toEqual([expect.stringContaining('has no attribute "departmnt"')])
  })

  test.each<[string, Change]>([
    ['a flag', filtered('accountEnabled', 'IS TRUE')],
    ['a number', withAttribute(attribute('level', 'Integer'), filtered('level', 'Greater_Than', '7'))],
    ['a text', filtered('department', 'REGEX MATCH', 'Sal.*')],
  ])('can compare %s', (_, change) => {
    expect(problemsAfter(change)).toEqual([])
  })
})

test('a source directory that the schema does not bring is named, and mappings that are off are held to the same', () => {
  expect(problemsAfter((_, schema) => schema.directories.shift())).toEqual([
    expect.stringContaining('the directory "Azure Active Directory" with its source object User is not among'),
    expect.stringContaining('source object Group'),
  ])
  const off: Change = (users, schema) => {
    users.enabled = false
    from('[departmnt]')(users, schema)
  }
  expect(problemsAfter(off)).toHaveLength(1)
})

describe('a schema that lacks a part', () => {
  const parts: [string, Change, string][] = [
    [
      'sourceObjectName',
      (users) => drop(users, 'sourceObjectName'),
      'objectMappings[0].sourceObjectName is missing: a text',
    ],
    ['targetObjectName', (users) => drop(users, 'targetObjectName'), 'targetObjectName is missing: a text'],
    ['flowTypes', (users) => drop(users, 'flowTypes'), 'flowTypes is missing: a text'],
    ['attributeMappings', (users) => drop(users, 'attributeMappings'), 'attributeMappings is missing: a list'],
    ['an object mapping', (_, schema) => schema.synchronizationRules[0]!.objectMappings.push(null!), '[2] is missing'],
    [
      'objectMappings',
      (_, schema) => drop(schema.synchronizationRules[0]!, 'objectMappings'),
      'objectMappings is missing',
    ],
    [
      'synchronizationRules',
      (_, schema) => drop(schema, 'synchronizationRules'),
      'synchronizationRules is missing: a list',
    ],
    ['clauses', (users) => put(users, { groups: [{ name: 'f' }] }), 'scope.groups[0].clauses is missing: a list'],
    ['a clause', (users) => put(users, { groups: [{ clauses: [null] }] }), 'clauses[0] is missing: an object'],
    [
      'operatorName',
      (users) => put(users, { inputFilterGroups: [{ clauses: [{ sourceOperandName: 'mail' }] }] }),
      'operatorName is missing',
    ],
    [
      'targetAttributeName',
      (users) => drop(users.attributeMappings[0]!, 'targetAttributeName'),
      'targetAttributeName is missing: a text',
    ],
    [
      'the name of an attribute',
      (_, schema) => drop(schema.directories[0]!.objects[0]!.attributes[0]!, 'name'),
      'attributes[0].name is missing',
    ],
  ]
  test.each(parts)('%s is told so', (_, change, problem) => {
    expect(problemsAfter(change)).toEqual([expect.stringContaining(problem)])
  })

  test('which means nothing where it is left out is taken', () => {
    const change: Change = (users, schema) => {
      put(users, { groups: null, inputFilterGroups: [] })
      drop(schema.synchronizationRules[0]!, 'priority')
      for (const name of ['defaultValue', 'flowBehavior', 'flowType'] as const) drop(users.attributeMappings[2]!, name)
      users.attributeMappings.push({ targetAttributeName: 'nickName', matchingPriority: 0 } as AttributeMapping)
    }
    expect(problemsAfter(change)).toEqual([])
  })

  const drop = <T extends object>(from: T, name: keyof T): void => void delete from[name]
  const put = (users: ObjectMapping, scope: unknown): void => {
    users.scope = scope as ObjectMapping['scope']
  }
})
