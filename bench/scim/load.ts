import http from 'node:http'
import { text } from 'node:stream/consumers'
import { groupSizes, userOf } from './data.ts'

/** A service under load: where it is, and how it is entered. */
export interface Target {
  name: string
  tenantUrl: string
  token: string
  /** Where tokens are had, with the form that has one; undefined where the service has no such endpoint. */
  tokenRequest?: { url: string; body: string }
  /** RFC 9865. */
  pagesByCursor?: true
  /** The id by which it knows the nth user or group. */
  id(kind: 'User' | 'Group', n: number): string
  /** Resident memory of the service and its database, in MiB. */
  memory(): number
  stop(): Promise<void>
}

export interface Measured {
  answers: number
  perSecond: number
  p50: number
  p99: number
  failures: number
}

interface Request {
  method: 'GET' | 'POST' | 'PATCH'
  url: string
  body?: object | string
  type?: string
}

export interface Operation {
  name: string
  connections: number
  /** The nth request; undefined where the target cannot do this. */
  request(target: Target, n: number): Request | undefined
  /** Told the body of each answer, where the next request depends on it. */
  answered?(body: string): void
}

const query = (parameters: Record<string, string | number>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
const users = (target: Target, parameters: Record<string, string | number>): Request => ({
  method: 'GET',
  url: `${target.tenantUrl}/Users?${query(parameters)}`,
})
const patch = (target: Target, path: string, ...Operations: object[]): Request => ({
  method: 'PATCH',
  url: target.tenantUrl + path,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations },
})
/** Spread over the whole, without a pattern that caches like. */
const some = (n: number, count: number): number => (n * 7_919 + 13) % count

let lastNew = 0

/** What Entra sends most, and what is known to be slow elsewhere; `count` users are there. */
export function operations(count: number): Operation[] {
  return [
    {
      name: 'probe (userName eq, no match)',
      connections: 10,
      request: (target, n) => users(target, { filter: `userName eq "nobody-${n}"` }),
    },
    {
      name: 'match (userName eq)',
      connections: 10,
      request: (target, n) => users(target, { filter: `userName eq "user${some(n, count)}@contoso.example"` }),
    },
    {
      name: 'match (emails[type eq "work"].value eq)',
      connections: 10,
      request: (target, n) =>
        users(target, { filter: `emails[type eq "work"].value eq "user${some(n, count)}@contoso.example"` }),
    },
    {
      name: 'filter without index (name.familyName eq)',
      connections: 2,
      request: (target) => users(target, { filter: 'name.familyName eq "Vance 7"', count: 100 }),
    },
    {
      name: 'read',
      connections: 10,
      request: (target, n) => ({
        method: 'GET',
        url: `${target.tenantUrl}/Users/${target.id('User', some(n, count))}`,
      }),
    },
    {
      name: 'create',
      connections: 10,
      request: (target) => ({
        method: 'POST',
        url: `${target.tenantUrl}/Users`,
        body: userOf(count + lastNew++),
      }),
    },
    {
      name: 'patch',
      connections: 10,
      request: (target, n) =>
        patch(target, `/Users/${target.id('User', some(n, count))}`, {
          op: 'Replace',
          path: 'name.familyName',
          value: `Name ${n}`,
        }),
    },
    { name: 'first page of 100', connections: 2, request: (target) => users(target, { startIndex: 1, count: 100 }) },
    {
      name: 'last page of 100 by index',
      connections: 2,
      request: (target) => users(target, { startIndex: count - 99, count: 100 }),
    },
    walk(),
    ...groupSizes(count).map(
      (size, group): Operation => ({
        name: `one member of a group of ${size.toLocaleString('en')}, out and in`,
        connections: 1,
        request: (target, n) =>
          patch(target, `/Groups/${target.id('Group', group)}`, {
            op: n % 2 === 0 ? 'Remove' : 'Add',
            path: 'members',
            value: [{ value: target.id('User', size - 1) }],
          }),
      }),
    ),
    {
      name: '1,000 members in one PATCH',
      connections: 1,
      request: (target, n) =>
        patch(target, `/Groups/${target.id('Group', 0)}`, {
          op: n % 2 === 0 ? 'Add' : 'Remove',
          path: 'members',
          value: Array.from({ length: 1_000 }, (_, each) => ({ value: target.id('User', count - 1 - each) })),
        }),
    },
    {
      name: 'token',
      connections: 10,
      request: (target) =>
        target.tokenRequest && {
          method: 'POST',
          url: target.tokenRequest.url,
          body: target.tokenRequest.body,
          type: 'application/x-www-form-urlencoded',
        },
    },
  ]
}

/** Ever deeper into the list, so that a cost that grows with depth shows at p99; peers page by index only. */
function walk(): Operation {
  let cursor = ''
  return {
    name: 'pages of 100 by cursor, one after the other',
    connections: 1,
    request: (target) => (target.pagesByCursor ? users(target, { cursor, count: 100 }) : undefined),
    answered(body) {
      cursor = JSON.parse(body).nextCursor ?? ''
    },
  }
}

/** One that takes longer is measured once: many at a time would only wait for each other. Milliseconds. */
const tooSlowToRepeat = 2_000

/** Sends the operation's requests for some seconds, each connection one after the other; at least one is answered. */
export async function measure(target: Target, operation: Operation, seconds: number): Promise<Measured | undefined> {
  if (!operation.request(target, 0)) return undefined
  const agent = new http.Agent({ keepAlive: true, maxSockets: operation.connections })
  const times: number[] = []
  let failures = 0
  let n = 0
  const send = async (): Promise<number> => {
    const sent = performance.now()
    if (!(await succeeds(agent, target, operation, n++))) failures++
    times.push(performance.now() - sent)
    return times.at(-1)!
  }
  const isSlow = (await send()) > tooSlowToRepeat
  const began = performance.now() - (isSlow ? times[0]! : 0)
  const connection = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1000) await send()
  }
  if (!isSlow) await Promise.all(Array.from({ length: operation.connections }, connection))
  const took = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const percentile = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))]!
  return {
    answers: times.length,
    perSecond: times.length / took,
    p50: percentile(0.5),
    p99: percentile(0.99),
    failures,
  }
}

function succeeds(agent: http.Agent, target: Target, operation: Operation, n: number): Promise<boolean> {
  const request = operation.request(target, n)!
  const { method, url, type = 'application/scim+json' } = request
  const body = typeof request.body === 'object' ? JSON.stringify(request.body) : request.body
  const headers = {
    ...(request.type === undefined && { authorization: `Bearer ${target.token}` }),
    ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
  }
  return new Promise((resolve) => {
    const sent = http.request(url, { method, agent, headers }, (answer) => {
      const isGood = answer.statusCode! < 300
      if (isGood && operation.answered) {
        return text(answer).then(
          (content) => {
            operation.answered!(content)
            resolve(true)
          },
          () => resolve(false),
        )
      }
      answer.resume()
      answer.on('end', () => resolve(isGood))
    })
    sent.on('error', () => resolve(false))
    sent.end(body)
  })
}
