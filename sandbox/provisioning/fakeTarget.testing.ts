import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  method: string
  /** Without the base, decoded. */
  path: string
  query: string
  body: unknown
  authorization: string | undefined
  headers: IncomingHttpHeaders
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'hang'

/** A SCIM service and token endpoint, for tests: keeps what it is sent, answers as told. */
export class FakeTarget {
  readonly seen: SeenRequest[] = []
  readonly resources = {
    Users: new Map<string, Record<string, unknown>>(),
    Groups: new Map<string, Record<string, unknown>>(),
  }
  /** Answers in place of the service's own; undefined lets the request pass. */
  fault: (request: SeenRequest) => Answer | undefined = () => undefined
  tokens = 0
  #nextId = 1
  readonly #server = createServer((request, response) => void this.#handle(request, response))

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  add(kind: 'Users' | 'Groups', resource: Record<string, unknown>): string {
    const id = `t${this.#nextId++}`
    this.resources[kind].set(id, { ...resource, id })
    return id
  }

  /** Requests after the last call, without probes and token requests. */
  take(): string[] {
    return this.seen
      .splice(0)
      .filter(({ path, query }) => path !== '/token' && !/ eq "[0-9a-f]{8}-[0-9a-f-]{27}"/.test(query))
      .map(({ method, path, query, body }) => {
        const operations = (body as { Operations?: unknown } | undefined)?.Operations
        const shown = operations ? JSON.stringify(operations) : ''
        return [method, query ? `${path}?${query}` : path, shown].filter(Boolean).join(' ')
      })
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const url = new URL(request.url!, 'http://target')
    const path = decodeURIComponent(url.pathname.replace(/^\/scim/, ''))
    const query = decodeURIComponent(url.search.slice(1).replaceAll('+', ' '))
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text || undefined
    const { headers } = request
    const seen = { method: request.method!, path, query, body, authorization: headers.authorization, headers }
    this.seen.push(seen)
    const answer = this.fault(seen) ?? this.#answer(seen)
    if (answer === 'hang') return
    response.writeHead(answer.status, { 'content-type': 'application/scim+json', ...answer.headers })
    response.end(
      answer.body === undefined ? '' : typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
    )
  }

  #answer({ method, path, query, body }: SeenRequest): Answer {
    if (path === '/token') {
      this.tokens += 1
      return { status: 200, body: { access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 3600 } }
    }
    const [, kind, id] = path.split('/') as [string, 'Users' | 'Groups', string | undefined]
    const all = this.resources[kind]
    if (id === undefined && method === 'GET') {
      const [, attribute, value] = /filter=(\S+) eq "(.*?)"/.exec(query)!
      const found = [...all.values()].filter((one) => String(one[attribute!]).toLowerCase() === value!.toLowerCase())
      return { status: 200, body: { totalResults: found.length, Resources: found } }
    }
    if (id === undefined) {
      const made = this.add(kind, body as Record<string, unknown>)
      return { status: 201, body: all.get(made) }
    }
    const resource = all.get(id)
    if (!resource) return { status: 404 }
    if (method === 'GET') return { status: 200, body: resource }
    if (method === 'DELETE') {
      all.delete(id)
      return { status: 204 }
    }
    apply(resource, (body as { Operations: { op: string; path?: string; value?: unknown }[] }).Operations)
    return { status: 204 }
  }
}

/** As much of PATCH as the tests look at: simple attributes and members. */
function apply(resource: Record<string, unknown>, operations: { op: string; path?: string; value?: unknown }[]): void {
  for (const { op, path, value } of operations) {
    if (path === undefined) Object.assign(resource, value)
    else if (path.startsWith('members')) {
      const members = new Set(resource.members as string[] | undefined)
      const ids = Array.isArray(value) ? value.map((one) => one.value as string) : [/"(.*)"/.exec(path)![1]!]
      for (const id of ids) op.toLowerCase() === 'add' ? members.add(id) : members.delete(id)
      resource.members = [...members]
    } else resource[path] = value === 'True' ? true : value === 'False' ? false : value
  }
}
