import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'

import { type Service, startService } from '../service.ts'
import type { Settings } from '../settings.ts'
import { type Database, DatabaseError } from '../storage/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import { adminToken, type Call, callsTo, newUser, tokenOf, unhurried, userSchema } from '../testing/service.ts'
import { openLogger } from './logger.ts'

let database: Database
/** Set by a test: what statements wait for, or fail with. */
let before: () => Promise<void>
beforeAll(async () => {
  database = await openTestDatabase()
}, 60_000)
afterAll(() => database.close())

const running = new Set<Service>()
afterEach(async () => {
  before = async () => {}
  await Promise.all([...running].map((service) => service.close()))
  running.clear()
})

const into = (write: (line: string) => void) => ({ write })

let tenants = 0
/** A service of its own on the shared database, with a client of a new tenant. */
async function start(settings: Partial<Settings> = {}) {
  before = async () => {}
  let log = ''
  const service = await startService({
    database: {
      ...database,
      close: async () => {},
      query: async (text, parameters) => {
        await before()
        return await database.query(text, parameters)
      },
    },
    adminToken,
    key: 'the-key-of-the-service-in-tests-of-it',
    host: '127.0.0.1',
    port: 0,
    tenant: `t${++tenants}`,
    firstConfiguration: true,
    logger: openLogger(
      'info',
      into((line) => {
        log += line
      }),
    ),
    settings: { ...unhurried, ...settings },
  })
  running.add(service)
  const { ready } = service
  const origin = new URL(ready.apiUrl).origin
  const token = await tokenOf(ready.tokenEndpoint, ready.clientId!, ready.clientSecret!)
  const scim = callsTo(ready.tenantUrl, token)
  const lines = () =>
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  return {
    service,
    ready,
    origin,
    port: Number(new URL(origin).port),
    token,
    scim,
    root: callsTo(origin, {}),
    log: () => log,
    lines,
  }
}
const asAdmin = { authorization: `Bearer ${adminToken}` }
const signIn = (endpoint: string, client_secret: string, headers: Record<string, string> = {}) =>
  fetch(endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'somebody', client_secret }),
  })
const bursts = async (call: Call, count: number) => {
  const answers = await Promise.all(Array.from({ length: count }, () => call('GET', '/Users?count=0')))
  return answers.map(({ status }) => status)
}

describe('limits', () => {
  test('a tenant that sends too much is told when to come again; its own setting wins; others are not held up (X22, Q28)', async () => {
    const { scim, ready } = await start({ requestsPerSecond: 1, burst: 3 })
    expect((await bursts(scim, 5)).sort()).toEqual([200, 200, 200, 429, 429])
    const refused = await scim('GET', '/Users')
    expect(refused).toMatchObject({
      status: 429,
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '429',
        detail: expect.stringContaining('1 requests a second'),
      },
    })
    expect(Number(refused.headers.get('retry-after'))).toBe(1)
    await callsTo(ready.apiUrl, asAdmin)('PUT', '', { settings: { requestsPerSecond: 1_000, burst: 500 } })
    expect(new Set(await bursts(scim, 50))).toEqual(new Set([200]))
    const other = await start({ requestsPerSecond: 1, burst: 3 })
    expect((await other.scim('GET', '/Users')).status).toBe(200)
  })

  test('who guesses secrets is refused unread after twenty, other clients from there are not', async () => {
    const { ready } = await start()
    const answers = await Promise.all(Array.from({ length: 25 }, () => signIn(ready.tokenEndpoint, 'guess')))
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true)
    const refused = await signIn(ready.tokenEndpoint, 'guess')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' })
    expect(await tokenOf(ready.tokenEndpoint, ready.clientId!, ready.clientSecret!)).not.toEqual({
      authorization: 'Bearer undefined',
    })
  })

  test('who guesses the admin token is refused too; the address is the one a trusted proxy tells, no other', async () => {
    const guessing = async (trustProxy: number | undefined) => {
      const { ready } = await start({ trustProxy })
      const guess = (address: string) =>
        callsTo(ready.apiUrl, { authorization: 'Bearer guess', 'x-forwarded-for': address })('GET', '')
      for (let n = 0; n < 21; n++) await guess('192.0.2.1')
      return [(await guess('192.0.2.1')).status, (await guess('192.0.2.2')).status]
    }
    expect(await guessing(1)).toEqual([429, 401])
    expect(await guessing(undefined)).toEqual([429, 429])
    const { origin } = await start()
    const guess = () => callsTo(origin, { authorization: 'Bearer guess' })('GET', '/metrics')
    for (let n = 0; n < 20; n++) expect((await guess()).status).toBe(401)
    expect((await guess()).status).toBe(429)
  })

  test('a body of 4 MiB is refused (X12), and a compressed one (X23)', async () => {
    const { scim } = await start()
    const large = await scim('POST', '/Users', newUser('a', { displayName: 'x'.repeat(4 * 1024 * 1024) }))
    expect(large).toMatchObject({ status: 413, body: { status: '413' } })
    const compressed = await scim('POST', '/Users', 'zip', { 'content-encoding': 'gzip' })
    expect(compressed).toMatchObject({ status: 415, body: { status: '415' } })
  })

  test('more requests than can be worked on are 503 at once; probes are still answered', async () => {
    const { scim, root, service } = await start({ maxInFlight: 2 })
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    before = () => held
    const waiting = [scim('GET', '/Users?count=1'), scim('GET', '/Users?count=2')]
    const refused = await root('GET', '/t/oauth2/keys')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect((await root('GET', '/healthz')).status).toBe(200)
    release()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
    expect(service).toBeDefined()
  })

  test('a client that does not end its request is cut off, and one with endless headers refused', async () => {
    const { port } = await start({ requestTimeout: 1 })
    const answerTo = async (text: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1').setEncoding('utf8')
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.write(text)
      await once(socket, 'close')
      return answer
    }
    const answers = await Promise.all([
      answerTo('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      answerTo(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`),
    ])
    expect(answers).toEqual([expect.stringContaining('408'), expect.stringContaining('431')])
  }, 20_000)
})

describe('the database is gone (X21)', () => {
  test('every part of the service says 503, when to come again, and nothing of the inside; the log says it once', async () => {
    const { scim, ready, root, token, origin, lines } = await start()
    before = async () => {
      throw new DatabaseError('connect ECONNREFUSED 10.1.2.3:5432', '08006')
    }
    const answers = [
      await scim('GET', '/Users'),
      await callsTo(ready.apiUrl, asAdmin)('GET', ''),
      await callsTo(ready.tokenEndpoint, {})('POST', '', 'grant_type=client_credentials&client_id=a&client_secret=b', {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ]
    for (const { status, headers, text } of answers) {
      expect(status).toBe(503)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(text).not.toContain('10.1.2.3')
    }
    const warnings = lines().filter(({ level }) => level > 30)
    expect(warnings).toEqual([expect.objectContaining({ level: 40, reason: expect.stringContaining('ECONNREFUSED') })])
    expect((await root('GET', '/readyz')).status).toBe(503)
    expect((await root('GET', '/healthz')).status).toBe(200)
    expect((await callsTo(origin, asAdmin)('GET', '/metrics')).status).toBe(200)
    before = async () => {}
    expect((await callsTo(ready.tenantUrl, token)('GET', '/Users')).status).toBe(200)
    expect((await root('GET', '/readyz')).status).toBe(200)
  })
})

describe('metrics', () => {
  test('are for the admin token and the metrics token, which opens nothing else', async () => {
    const { origin, ready } = await start({ metricsToken: 'a-token-for-metrics' })
    const asScraper = { authorization: 'Bearer a-token-for-metrics' }
    expect((await callsTo(origin, {})('GET', '/metrics')).status).toBe(401)
    expect((await callsTo(origin, asAdmin)('GET', '/metrics')).status).toBe(200)
    expect((await callsTo(origin, asScraper)('GET', '/metrics')).status).toBe(200)
    expect((await callsTo(ready.apiUrl, asScraper)('GET', '')).status).toBe(401)
  })

  test('tell requests by route pattern, sign-ins, refusals, statements, the event loop, and licences where asked for', async () => {
    const tenant = `t${tenants + 1}`
    const { scim, origin, ready } = await start({ metricsTenants: [tenant], requestsPerSecond: 1, burst: 2 })
    await callsTo(ready.apiUrl, asAdmin)('PUT', '', { licences: { named: 7 } })
    await scim('POST', '/Users', newUser('anna@contoso.example'))
    await scim('GET', '/Users/00000000-0000-0000-0000-000000000000')
    await scim('GET', '/Users')
    await signIn(ready.tokenEndpoint, 'wrong')
    const { text } = await callsTo(origin, asAdmin)('GET', '/metrics')
    for (const line of [
      'entrada_scim_http_request_duration_seconds_count{method="GET",route="/:tenant/scim/v2/Users/:id",status="404"} 1',
      'entrada_scim_http_request_duration_seconds_count{method="POST",route="/:tenant/scim/v2/Users",status="201"} 1',
      'entrada_scim_http_requests_in_flight 1',
      'entrada_scim_token_requests_total{outcome="granted"} 1',
      'entrada_scim_token_requests_total{outcome="invalid_client"} 1',
      'entrada_scim_refusals_total{reason="tenant_rate"} 1',
      'entrada_scim_database_statements{state="waiting"} 0',
      `entrada_scim_licences{tenant="${tenant}",type="named",state="seats"} 7`,
      `entrada_scim_licences{tenant="${tenant}",type="named",state="used"} 1`,
      `entrada_scim_licences{tenant="${tenant}",type="readOnly",state="seats"} +Inf`,
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
    expect(text).not.toMatch(/anna|00000000-0000/)
  })
})

describe('logs', () => {
  test("carry the client's request id, or one of their own, which the answer tells too", async () => {
    const { scim, lines } = await start()
    const given = await scim('GET', '/Users', undefined, { 'x-request-id': 'from-entra-1' })
    expect(given.headers.get('x-request-id')).toBe('from-entra-1')
    const own = (await scim('GET', '/Users', undefined, { 'x-request-id': 'a b"c' })).headers.get('x-request-id')
    expect(own).toMatch(/^[0-9a-f-]{36}$/)
    expect(lines().find(({ reqId }) => reqId === 'from-entra-1')).toMatchObject({
      msg: 'answered',
      method: 'GET',
      route: '/:tenant/scim/v2/Users',
      status: 200,
      milliseconds: expect.any(Number),
      tenant: `t${tenants}`,
      client: expect.any(String),
    })
  })

  test('hold no secret and nothing of a person, wherever those are in requests and whatever fails', async () => {
    const { scim, ready, origin, root, token, log } = await start({ metricsToken: 'secret-for-metrics' })
    const access = token.authorization.slice('Bearer '.length)
    await scim('POST', '/Users', newUser('anna@contoso.example', { password: 'secret-of-anna' }))
    await scim('GET', '/Users?filter=userName%20eq%20%22anna@contoso.example%22')
    await scim('GET', `/Users?access_token=${access}`)
    await scim('POST', '/Users', `{"schemas":["${userSchema}"],"userName":"anna@contoso.example",`)
    await root('GET', `/anna@contoso.example?client_secret=${ready.clientSecret}`)
    await signIn(`${ready.tokenEndpoint}?client_secret=${ready.clientSecret}`, ready.clientSecret!)
    await signIn(ready.tokenEndpoint, 'secret-that-is-wrong')
    await callsTo(origin, { cookie: 'entrada_admin=secret-of-session' })('GET', '/admin')
    await callsTo(origin, { authorization: 'Bearer secret-for-metrics' })('GET', '/metrics')
    const { body } = await callsTo(ready.apiUrl, asAdmin)('POST', '/configurations', { name: 'More' })
    before = async () => {
      throw Object.assign(new Error('statement failed'), { parameters: [ready.clientSecret, 'anna@contoso.example'] })
    }
    await scim('POST', '/Users', newUser('anna@contoso.example'))
    await signIn(ready.tokenEndpoint, ready.clientSecret!)
    expect(log()).toContain('statement failed')
    for (const secret of [
      access,
      ready.clientSecret!,
      body.clientSecret,
      adminToken,
      'secret-',
      'anna',
      'the-key-of-the-service',
    ]) {
      expect(log()).not.toContain(secret)
    }
  })

  test('leave out what names itself secret, even if somebody logs it', () => {
    let text = ''
    const logger = openLogger(
      'info',
      into((line) => {
        text += line
      }),
    )
    const deep = { list: [{ client_secret: 'hidden' }], headers: { authorization: 'hidden' } }
    logger.info({ token: 'hidden', accessToken: 'hidden', client: { secret: 'hidden', id: 'shown', deep } }, 'x')
    expect(text).toContain('shown')
    expect(text).not.toContain('hidden')
  })
})

describe('ending', () => {
  test('readiness fails first, requests are still taken, those in progress end, connections are closed', async () => {
    const { service, scim, root } = await start({ drainSeconds: 1 })
    running.delete(service)
    expect((await root('GET', '/readyz')).status).toBe(200)
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const closed = service.close()
    expect(await root('GET', '/readyz')).toMatchObject({ status: 503, body: { status: 'stopping' } })
    expect((await scim('GET', '/Users')).status).toBe(200)
    before = () => held
    const inProgress = scim('GET', '/Users')
    setTimeout(release, 1_300)
    expect((await inProgress).status).toBe(200)
    await closed
    await expect(root('GET', '/healthz')).rejects.toThrow()
  }, 10_000)

  test('who does not end in time is cut off, and that is said', async () => {
    const { service, scim } = await start({ shutdownSeconds: 1 })
    running.delete(service)
    before = () => new Promise(() => {})
    const stuck = scim('GET', '/Users').catch(() => 'cut off')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(service.close()).rejects.toThrow('cut off')
    expect(await stuck).toBe('cut off')
  }, 10_000)
})
