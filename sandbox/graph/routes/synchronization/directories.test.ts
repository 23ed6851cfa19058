import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { templateSchema } from '../../../../sync/defaults/templates.ts'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
let schema: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20, templateSchema })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  const jobs = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  const { body } = await sandbox.graph('POST', jobs, { templateId: 'mfiles' })
  schema = `${jobs}/${body.id}/schema`
})
afterAll(() => sandbox.close())

const get = async (path: string) => (await sandbox.graph('GET', `${schema}${path}`)).body

test('the directories on either side can be read one by one', async () => {
  const { value } = await get('/directories')
  expect(value.map(({ name }: { name: string }) => name)).toEqual(['Azure Active Directory', 'M-Files'])
  expect((await get(`/directories/${value[1].id}`)).objects.length).toBeGreaterThan(1)
  expect((await sandbox.graph('GET', `${schema}/directories/none`)).status).toBe(404)
})

test('functions come with their parameters', async () => {
  const { value } = await get('/functions')
  expect(value).toContainEqual({
    name: 'Mid',
    parameters: [
      { name: 'source', type: 'String', required: true, allowMultipleOccurrences: false },
      { name: 'start', type: 'Integer', required: true, allowMultipleOccurrences: false },
      { name: 'length', type: 'Integer', required: true, allowMultipleOccurrences: false },
    ],
  })
})

test('operators come with what they compare', async () => {
  const { value } = await get('/filterOperators')
  const of = (wanted: string) => value.find(({ name }: { name: string }) => name === wanted)
  expect(of('REGEX MATCH')).toMatchObject({ arity: 'Binary', multivaluedComparisonType: 'All' })
  expect(of('IS TRUE')).toMatchObject({ arity: 'Unary', supportedAttributeTypes: ['Boolean'] })
})
