import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { registryToken } from './registryLogin.ts'

let server: Server | undefined
afterEach(() => new Promise((resolve) => server?.close(resolve)))

/** A registry that answers so, and keeps what it was asked. */
async function registry(status: number, answer: (asked: URLSearchParams) => unknown) {
  const asked: string[] = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${request.method} ${request.url} ${body}`)
    response.writeHead(status).end(JSON.stringify(answer(new URLSearchParams(body))))
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test('a token of Entra is traded for one of the registry', async () => {
  const { url, asked } = await registry(200, () => ({ refresh_token: 'of-the-registry' }))
  expect(await registryToken(url, 'contoso.azurecr.io', 'of-entra')).toBe('of-the-registry')
  expect(asked).toEqual([
    'POST /oauth2/exchange grant_type=access_token&service=contoso.azurecr.io&access_token=of-entra',
  ])
})

test('who may not push is told which role is missing, without the token', async () => {
  const { url } = await registry(401, (asked) => ({ errors: [{ message: `denied: ${asked.get('access_token')}` }] }))
  const refused = registryToken(url, 'contoso.azurecr.io', 'of-entra')
  await expect(refused).rejects.toThrow(/contoso\.azurecr\.io lets nobody push.*\(401\): the role AcrPush/)
  await expect(refused).rejects.not.toThrow('of-entra')
})
