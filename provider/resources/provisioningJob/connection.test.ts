import { expect, test } from '@jest/globals'
import { type Answer, fakeGraph } from '../../graph/testing.ts'
import { testUnsaved } from './connection.ts'

const credentials = {
  tenantUrl: 'https://saas.example/scim',
  tokenEndpoint: 'https://saas.example/token',
  clientId: 'c',
  clientSecret: 'clear-secret',
}
const OAUTH = ['BaseAddress', 'Oauth2TokenExchangeUri', 'Oauth2ClientId', 'Oauth2ClientSecret']

/** What each test was about, and what came of them. */
async function tested(...answers: Answer[]) {
  const keys: string[][] = []
  const { graph, log } = fakeGraph(({ body }) => {
    const { useSavedCredentials, credentials: pairs } = body as {
      useSavedCredentials: boolean
      credentials: { key: string }[]
    }
    expect(useSavedCredentials).toBe(false)
    keys.push(pairs.map(({ key }) => key))
    return answers.shift()
  })
  const outcome = await testUnsaved(graph, '/job', credentials)
  expect(new Set(log)).toEqual(new Set(['POST /job/validateCredentials']))
  return { outcome, keys }
}
const refused = (message: string): Answer => ({ status: 400, body: { error: { code: 'Bad', message } } })

test('credentials are tested beside those that are saved, and nothing is written', async () => {
  const { outcome, keys } = await tested({ status: 204 })
  expect(outcome).toBeUndefined()
  expect(keys).toEqual([['AuthenticationType', ...OAUTH]])
})

test('what is wrong is said in words, without the secret', async () => {
  const { outcome } = await tested(refused('token endpoint answered invalid_client'))
  expect(outcome).toMatch(/^The token endpoint https:\/\/saas.example\/token refused the client 'c': check/)
  expect(outcome).not.toContain('clear-secret')
})

test('a template that objects to the authentication type is asked without it', async () => {
  const { outcome, keys } = await tested(refused('AuthenticationType is not allowed'), { status: 204 })
  expect(outcome).toBeUndefined()
  expect(keys.at(-1)).toEqual(OAUTH)
})
