import { randomUUID } from 'node:crypto'
import { badRequest } from './errors.ts'
import type { Call, GraphRequest, GraphResponse, Handler } from './request.ts'
import type { GraphSurface } from './service.ts'

/** Graph takes no more requests than this in one batch (Graph: JSON batching). */
const LIMIT = 20

interface Item {
  id: string
  method: string
  url: string
  headers?: Record<string, string>
  body?: unknown
  dependsOn?: string[]
}

interface ItemAnswer {
  id: string
  status: number
  headers: Record<string, string>
  body?: unknown
}

/** `POST /$batch`: items run side by side, those with `dependsOn` after the ones they name, or 424 when one failed. */
export function batchHandler(surface: GraphSurface): Handler {
  return async (call) => {
    const items = readItems(call)
    const answers = new Map<string, Promise<ItemAnswer>>()
    for (const item of items) {
      const before = (item.dependsOn ?? []).map((id) => answers.get(id))
      if (before.includes(undefined)) {
        throw badRequest(`Request '${item.id}' depends on a request that does not stand before it.`, 'BadRequest')
      }
      answers.set(item.id, run(surface, call, item, before as Promise<ItemAnswer>[]))
    }
    return { status: 200, body: { responses: await Promise.all(answers.values()) } }
  }
}

function readItems(call: Call): Item[] {
  const { requests } = call.json()
  if (!Array.isArray(requests)) throw badRequest('Invalid batch payload format.', 'BadRequest')
  if (requests.length > LIMIT) {
    throw badRequest(`Number of batch request steps exceeds the maximum value of ${LIMIT}.`, 'MaximumValueExceeded')
  }
  const ids = new Set<string>()
  for (const request of requests as unknown[]) {
    if (!isItem(request) || ids.has(request.id)) {
      throw badRequest(
        'Invalid batch payload format: each request has its own id, a method and a url, and headers and dependsOn of text.',
        'BadRequest',
      )
    }
    const { id, headers, body } = request
    if (body !== undefined && !hasContentType(headers)) {
      throw badRequest(`Write request id : ${id} does not contain Content-Type header or body.`, 'BadRequest')
    }
    ids.add(id)
  }
  return requests as Item[]
}

function isItem(request: unknown): request is Item {
  const { id, method, url, headers = {}, dependsOn = [] } = (request ?? {}) as Partial<Record<keyof Item, unknown>>
  if (headers === null || typeof headers !== 'object' || !Array.isArray(dependsOn)) return false
  return [id, method, url, ...Object.values(headers), ...dependsOn].every((text) => typeof text === 'string')
}

const hasContentType = (headers: Record<string, string> = {}): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')

async function run(surface: GraphSurface, call: Call, item: Item, before: Promise<ItemAnswer>[]): Promise<ItemAnswer> {
  const failed = (await Promise.all(before)).some((answer) => answer.status >= 400)
  if (failed)
    return {
      id: item.id,
      status: 424,
      headers: {},
      body: { error: { code: 'FailedDependency', message: 'A request this one depends on failed.' } },
    }
  const requestId = randomUUID()
  const answer = await surface.handle(toRequest(call.request, item), { requestId, clientRequestId: requestId })
  return toAnswer(item.id, answer)
}

function toRequest(outer: GraphRequest, item: Item): GraphRequest {
  const [path, query] = item.url.split(/\?(.*)/s) as [string, string | undefined]
  const headers = Object.fromEntries(
    Object.entries(item.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    ...outer,
    method: item.method.toUpperCase(),
    path: path.startsWith('/') ? path : `/${path}`,
    query: new URLSearchParams(query ?? ''),
    headers,
    body: item.body,
  }
}

function toAnswer(id: string, { status, body, headers }: GraphResponse): ItemAnswer {
  const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return { id, status, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) }
}
