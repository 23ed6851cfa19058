import http from 'node:http'
import fc from 'fast-check'
import { type Hostile, hostileRequests } from './hostile.ts'
import { type Call, newGroup, newUser } from './service.ts'

/** What came back: how many answers of each status, and how long the slowest took, in milliseconds. */
export interface Fuzzed {
  statuses: Map<number, number>
  slowest: number
}

/**
 * Sends `runs` hostile requests to a tenant, some at a time. Throws, with the request and the seed, at the first that gets
 * no answer, one of 500 or more, one that is no SCIM message, or one after more than `patience` milliseconds.
 */
export async function fuzz(
  tenant: { tenantUrl: string; token: string; scim: Call },
  { runs, seed, patience }: { runs: number; seed: number; patience: number },
): Promise<Fuzzed> {
  const user = (await tenant.scim('POST', '/Users', newUser(`victim${seed}`))).body.id
  const group = (await tenant.scim('POST', '/Groups', newGroup(`victims${seed}`, { members: [{ value: user }] }))).body
    .id
  const requests = fc.sample(hostileRequests(user, group), { numRuns: runs, seed })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const result: Fuzzed = { statuses: new Map(), slowest: 0 }
  const worker = async (): Promise<void> => {
    for (let request = requests.pop(); request; request = requests.pop()) {
      const began = performance.now()
      const answer = await send(agent, tenant, request).catch((error: Error) => ({
        status: 0,
        type: '',
        text: error.message,
      }))
      const took = performance.now() - began
      const problem = wrong(answer) ?? (took > patience ? `took ${Math.round(took)} ms` : undefined)
      if (problem) throw new Error(`Seed ${seed}: ${problem}\n${describe(request)}\n${answer.text.slice(0, 400)}`)
      result.statuses.set(answer.status, (result.statuses.get(answer.status) ?? 0) + 1)
      result.slowest = Math.max(result.slowest, took)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker)).finally(() => agent.destroy())
  return result
}

interface Answer {
  status: number
  type: string
  text: string
}

function wrong({ status, type, text }: Answer): string | undefined {
  if (status === 0) return 'no answer'
  if (status >= 500 && status !== 501) return `status ${status}`
  if (status >= 400 && text !== '' && !/"status":"\d{3}"/.test(text)) return `status ${status} without a SCIM error`
  if (text !== '' && !type.startsWith('application/scim+json') && !type.startsWith('application/json'))
    return `content type ${type}`
  return undefined
}

function send(agent: http.Agent, tenant: { tenantUrl: string; token: string }, request: Hostile): Promise<Answer> {
  const { method, path, body } = request
  const headers = {
    authorization: `Bearer ${tenant.token}`,
    ...(body !== undefined && { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(body) }),
    ...request.headers,
  }
  return new Promise((resolve, reject) => {
    const sent = http.request(tenant.tenantUrl + path, { method, agent, headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({
          status: answer.statusCode!,
          type: answer.headers['content-type'] ?? '',
          text: Buffer.concat(parts).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function describe({ method, path, headers, body }: Hostile): string {
  return `${method} ${path.slice(0, 600)}\n${JSON.stringify(headers)}\n${JSON.stringify(body?.toString())?.slice(0, 600) ?? ''}`
}
