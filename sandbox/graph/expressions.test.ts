import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createProvisioning } from '../provisioning/service.ts'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'
import { problemsOf } from './contract/validate.ts'

let sandbox: TestSandbox
let path: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ createProvisioning })
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

const evaluated = async (expression: string, properties: unknown = []) =>
  (await ask({ expression, testInputObject: { properties } })).answer

test('it is evaluated as in a cycle: now, in this tenant, by its settings', async () => {
  const before = Math.floor(Date.now() / 1000) * 1000
  const { evaluationResult } = await evaluated('Now()')
  expect(Date.parse(`${evaluationResult[0]} UTC`)).toBeGreaterThanOrEqual(before)
  expect((await evaluated('DefaultDomain()')).evaluationResult).toEqual(['entrada-sandbox.example'])

  const onNull = 'IIF([none] = "a", "b", "c")'
  expect((await evaluated(onNull)).evaluationResult).toEqual(['c'])
  expect((await evaluated('tolower("A")')).parsingSucceeded).toBe(false)
  expect((await evaluated('IIF(IsPresent([a]), "b", "c")')).error.message).toContain(
    'IIF on IsPresent is not supported',
  )
  await sandbox.control('POST', '/settings', {
    iifOnNull: 'noValue',
    functionNames: 'anyCase',
    unsupportedForms: 'evaluated',
    otherDiacritics: 'removed',
  })
  expect((await evaluated(onNull)).evaluationResult).toEqual([])
  expect((await evaluated('tolower("A")')).evaluationResult).toEqual(['a'])
  expect((await evaluated('tolower("A")')).parsedExpression.name).toBe('ToLower')
  expect((await evaluated('IIF(IsPresent([a]), "b", "c")')).evaluationResult).toEqual(['c'])
  expect((await evaluated('NormalizeDiacritics("й")')).evaluationResult).toEqual(['и'])
})

test('test input without values is one of nulls', async () => {
  for (const properties of [null, [], undefined]) {
    expect(await evaluated('IsNull([a])', properties)).toMatchObject({ evaluationResult: ['True'], error: null })
  }
})

test.each([
  ['a text', { testInputObject: 'a' }, "'testInputObject' must be an object"],
  ['a list', { testInputObject: [1] }, "'testInputObject' must be an object"],
  ['no list', { testInputObject: { properties: {} } }, "'properties' of testInputObject must be a list"],
  [
    'null in it',
    { testInputObject: { properties: [null] } },
    "'testInputObject.properties[0]' must be an object with 'key'",
  ],
  ['no key', { testInputObject: { properties: [{ value: 1 }] } }, "'testInputObject.properties[0]' must be an object"],
  [
    'an object for a value',
    { testInputObject: { properties: [{ key: 'a', value: { b: { c: 1 } } }] } },
    "The value of 'testInputObject.properties[0]' (a) must be a text",
  ],
])('test input that cannot be read is refused: %s', async (_, input, message) => {
  const { status, answer } = await ask({ expression: '[a]', ...input })
  expect(status).toBe(400)
  expect(answer.error.message).toContain(message)
})
