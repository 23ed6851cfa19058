import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Resource {
  id: string
  userName?: string
  displayName?: string
  members?: { value: string }[]
  [attribute: string]: unknown
}

interface Operation {
  op: string
  path?: string
  value?: unknown
}

/** A SCIM service in memory that begins with so many accounts of nobody; of a change it keeps new members alone. */
export async function startTarget(accounts: number): Promise<{ url: string; close(): Promise<void> }> {
  const all = { Users: new Map<string, Resource>(), Groups: new Map<string, Resource>() }
  const names = new Map<string, Resource>()
  const keep = (kind: keyof typeof all, resource: Resource) => {
    all[kind].set(resource.id, resource)
    names.set(`${kind} ${kind === 'Users' ? resource.userName : resource.displayName}`, resource)
    listed[kind] = undefined
    return resource
  }
  const listed: { [K in keyof typeof all]?: Resource[] | undefined } = {}
  for (let number = 1; number <= accounts; number += 1) keep('Users', account(number))

  const answer = async (request: IncomingMessage): Promise<[number, unknown?]> => {
    const url = new URL(request.url!, 'http://target')
    const [, , name, id] = url.pathname.split('/')
    const kind = name as keyof typeof all
    if (!all[kind]) return [404]
    const body: unknown =
      request.method === 'GET' || request.method === 'DELETE' ? null : JSON.parse(await textOf(request))
    if (request.method === 'POST') return [201, keep(kind, { ...(body as object), id: crypto.randomUUID() })]
    if (id !== undefined) {
      const held = all[kind].get(id)
      if (!held) return [404]
      for (const { path, value } of (body as { Operations?: Operation[] } | null)?.Operations ?? []) {
        if (path === 'members') held.members = [...(held.members ?? []), ...(value as { value: string }[])]
      }
      return request.method === 'GET' ? [200, held] : [204]
    }
    const filter = url.searchParams.get('filter')
    if (filter !== null) {
      const found = names.get(`${kind} ${JSON.parse(filter.slice(filter.indexOf(' eq ') + 4))}`)
      return [200, { totalResults: found ? 1 : 0, Resources: found ? [found] : [] }]
    }
    listed[kind] ??= [...all[kind].values()]
    const start = Number(url.searchParams.get('startIndex') ?? 1) - 1
    const count = Number(url.searchParams.get('count') ?? 100)
    return [200, { totalResults: listed[kind].length, Resources: listed[kind].slice(start, start + count) }]
  }
  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body)),
      (error: Error) => response.writeHead(500).end(error.message),
    )
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

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}

const account = (number: number): Resource => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  userName: `person.${number}@elsewhere.example`,
  active: true,
  externalId: `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
  name: { givenName: 'Some', familyName: `Body ${number}`, formatted: `Some Body ${number}` },
  emails: [{ type: 'work', primary: true, value: `person.${number}@elsewhere.example` }],
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00Z', lastModified: '2026-01-01T00:00:00Z' },
})
