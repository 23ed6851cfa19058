import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A SCIM service that lists so many accounts, which it makes as they are asked for. */
export async function startTarget(accounts: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://target')
    if (!url.pathname.endsWith('/Users')) return response.writeHead(404).end()
    const start = Number(url.searchParams.get('startIndex') ?? 1)
    const end = Math.min(accounts, start + Number(url.searchParams.get('count') ?? 100) - 1)
    const Resources = Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => account(start + i))
    return response.writeHead(200).end(JSON.stringify({ totalResults: accounts, Resources }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const account = (number: number) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  userName: `person.${number}@elsewhere.example`,
  active: true,
  externalId: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
  name: { givenName: 'Some', familyName: `Body ${number}`, formatted: `Some Body ${number}` },
  emails: [{ type: 'work', primary: true, value: `person.${number}@elsewhere.example` }],
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00Z', lastModified: '2026-01-01T00:00:00Z' },
})
