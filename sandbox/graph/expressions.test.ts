import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'
import { problemsOf } from './contract/validate.ts'

let sandbox: TestSandbox
let path: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  const base = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization/jobs`
  const job = await sandbox.graph('POST', base, { templateId: 'mfiles' })
  path = `${base}/${job.body.id}/schema/parseExpression`
})
afterAll(() => sandbox.close())

const ask = async (body: object) => {
  const { status, body: answer } = await sandbox.graph('POST', path, body)
  return { status, answer }
}

test('a valid expression is taken apart as a mapping source, in the shape of the metadata', async () => {
  const { status, answer } = await ask({ expression: 'Join(", ", [city], [country])', testInputObject: null })
  expect(status).toBe(200)
  expect(answer).toMatchObject({
    parsingSucceeded: true,
    error: null,
    evaluationSucceeded: false,
    parsedExpression: { type: 'Function', name: 'Join' },
  })
  expect(problemsOf('parseExpressionResponse', answer)).toEqual([])
})

test('with test input it is evaluated', async () => {
  const properties = [
    { key: 'city', value: 'Tampere' },
    { key: 'country', value: 'Finland' },
  ]
  const { answer } = await ask({
    expression: 'Join(", ", [city], [country])',
    testInputObject: { definition: null, properties },
  })
  expect(answer).toMatchObject({ evaluationSucceeded: true, evaluationResult: ['Tampere, Finland'] })
})

test('an expression that cannot be read is a 200 that says where it is wrong', async () => {
  const { status, answer } = await ask({ expression: 'Join(", ", [city]', testInputObject: null })
  expect([status, answer.parsingSucceeded, answer.parsedExpression]).toEqual([200, false, null])
  expect(answer.error.message).toMatch(/character \d+ of: Join/)
  expect(problemsOf('parseExpressionResponse', answer)).toEqual([])
})

test('a request without an expression is refused', async () => {
  expect((await ask({})).status).toBe(400)
})
