import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ObjectMapping, SynchronizationSchema } from '../../../../sync/schema.ts'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
let path: string
let original: SynchronizationSchema
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  path = `${jobs}/${(await sandbox.graph('POST', jobs, { templateId: 'mfiles' })).body.id}/schema`
  original = (await sandbox.graph('GET', path)).body
})
afterAll(() => sandbox.close())

type Change = (users: ObjectMapping, schema: SynchronizationSchema) => void

const put = (change: Change) => {
  const schema = structuredClone(original)
  change(schema.synchronizationRules[0]!.objectMappings[0]!, schema)
  return sandbox.graph('PUT', path, schema)
}

const mapped =
  (expression: string, target = 'name.formatted'): Change =>
  ({ attributeMappings }) => {
    attributeMappings.find((one) => one.targetAttributeName === target)!.source!.expression = expression
  }

const scoped =
  (...groups: object[]): Change =>
  (users) => {
    users.scope = { groups, inputFilterGroups: [], categoryFilterGroups: [] } as unknown as ObjectMapping['scope']
  }
const clause = (sourceOperandName: string, operatorName: string) => ({
  sourceOperandName,
  operatorName,
  targetOperand: { values: ['x'] },
})

test.each<[string, Change, string]>([
  ['a mistake in an expression, by its position', mapped('Join(" ", [givenName]'), '(character 22 of: Join'],
  ['a function that there is not', mapped('Nope([mail])'), 'Unknown function "Nope"'],
  [
    'a target attribute that there is not',
    ({ attributeMappings }) => {
      attributeMappings[2]!.targetAttributeName = 'shoeSize'
    },
    'target attribute shoeSize: not in the attribute list',
  ],
  ['a source attribute that there is not', mapped('[departmnt]'), 'User has no attribute "departmnt"'],
  ['a source that cannot be mapped', mapped('[userType]'), 'userType cannot be the source'],
  [
    'no matching attribute',
    ({ attributeMappings }) => {
      attributeMappings[0]!.matchingPriority = 0
    },
    'has no matching attribute',
  ],
  [
    'an operator that there is not',
    scoped({ name: 'f', clauses: [clause('city', 'LIKE')] }),
    'unknown operator "LIKE"',
  ],
  [
    'a filter on nothing',
    scoped({ name: 'f', clauses: [clause('departmnt', 'EQUALS')] }),
    'has no attribute "departmnt"',
  ],
  ['a filter on several values', scoped({ clauses: [clause('proxyAddresses', 'EQUALS')] }), 'it has several values'],
  ['an operator for another type', scoped({ clauses: [clause('city', 'IS TRUE')] }), 'IS TRUE compares Boolean'],
  ['a filter group without clauses', scoped({ name: 'f' }), 'scope.groups[0].clauses is missing: a list'],
  [
    'no source object',
    (users) => {
      delete (users as Partial<ObjectMapping>).sourceObjectName
    },
    'objectMappings[0].sourceObjectName is missing: a text',
  ],
  [
    'a source object that is neither user nor group',
    (users) => {
      users.sourceObjectName = 'Device'
    },
    'source object "Device" is not User or Group',
  ],
  ['no rules', (_, schema) => schema.synchronizationRules.splice(0), 'it has no synchronizationRules'],
  ['a directory that is left out', (_, schema) => schema.directories.shift(), 'is not among the directories'],
])('a schema with %s is refused, and the one before stays', async (_, change, message) => {
  const { status, body } = await put(change)
  expect([status, body.error]).toMatchObject([
    400,
    { code: 'InvalidSchema', message: expect.stringContaining(message) },
  ])
  expect((await sandbox.graph('GET', path)).body).toEqual(original)
})

test('all that is wrong is said at once', async () => {
  const { body } = await put((users, schema) => {
    mapped('[departmnt]')(users, schema)
    scoped({ clauses: [clause('city', 'LIKE')] })(users, schema)
  })
  expect(body.error.message).toMatch(/LIKE.*departmnt/s)
})

test('directories may be left out: those of the template are meant', async () => {
  const { status } = await put((_, schema) => {
    delete (schema as Partial<SynchronizationSchema>).directories
  })
  expect(status).toBe(204)
  await sandbox.graph('DELETE', path)
})

test('what `&` compares with is held to the meaning that is set', async () => {
  const list = scoped({ clauses: [{ ...clause('city', '&'), targetOperand: { values: ['Oslo,Turku'] } }] })
  expect((await put(list)).body.error.message).toContain('"Oslo,Turku" is not a whole number')
  await sandbox.control('POST', '/settings', { ampersand: 'oneOf' })
  expect((await put(list)).status).toBe(204)
})

test('PATCH, as SDKs send it, finds nothing at the provisioning service', async () => {
  const { status, body } = await sandbox.graph('PATCH', path, original)
  expect([status, body.error.code]).toEqual([404, 'UnknownError'])
  const [, principal, job] = /^\/servicePrincipals\/(.+)\/synchronization\/jobs\/(.+)\/schema$/.exec(path)!
  const resource = `servicePrincipals('${principal}')/synchronization/jobs('${job}')/schema`
  expect(JSON.parse(body.error.message)).toEqual({
    Message: `No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/api/${resource}?api-version=2.0'.`,
  })
})
