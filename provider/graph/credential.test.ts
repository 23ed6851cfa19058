import { expect, test } from '@jest/globals'
import { oidcAssertion } from './credential.ts'

interface Call {
  url: string
  method: string
  authorization: string | null
}

function answering(status: number, body: unknown): { calls: Call[]; fetch: typeof globalThis.fetch } {
  const calls: Call[] = []
  const fetch = (async (url: URL | string, init: RequestInit = {}) => {
    const authorization = new Headers(init.headers).get('authorization')
    calls.push({ url: String(url), method: init.method ?? 'GET', authorization })
    return Response.json(body, { status })
  }) as typeof globalThis.fetch
  return { calls, fetch }
}

test('GitHub is asked for a token for Entra’s audience', async () => {
  const { calls, fetch } = answering(200, { value: 'github-jwt' })
  const request = { requestUrl: 'https://actions.example/token?run=1', requestToken: 'r' }
  await expect(oidcAssertion(request, fetch)).resolves.toBe('github-jwt')
  expect(calls).toEqual([
    {
      url: 'https://actions.example/token?run=1&audience=api%3A%2F%2FAzureADTokenExchange',
      method: 'GET',
      authorization: 'Bearer r',
    },
  ])
})

test('Azure Pipelines are asked for the token of a service connection', async () => {
  const { calls, fetch } = answering(200, { oidcToken: 'pipeline-jwt' })
  const request = { requestUrl: 'https://dev.example/oidctoken', requestToken: 's', serviceConnectionId: 'c-1' }
  await expect(oidcAssertion(request, fetch)).resolves.toBe('pipeline-jwt')
  expect(calls).toEqual([
    {
      url: 'https://dev.example/oidctoken?api-version=7.1&serviceConnectionId=c-1',
      method: 'POST',
      authorization: 'Bearer s',
    },
  ])
})

test('a pipeline that may not ask is told so, without its token', async () => {
  const { fetch } = answering(403, { message: 'no' })
  const failed = await oidcAssertion({ requestUrl: 'https://a.example', requestToken: 'secret-r' }, fetch).catch(
    (error: Error) => error.message,
  )
  expect(failed).toMatch(/a\.example gave no OIDC token \(status 403\).*permission/)
  expect(failed).not.toContain('secret-r')
})
