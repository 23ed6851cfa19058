import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const organization = () => sandbox.graph('GET', '/organization')
const instantiate = () =>
  sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
const applications = async () =>
  (await sandbox.graph('GET', "/applications?$filter=displayName eq 'x'")).body.value.length

describe('faults', () => {
  test('answer in place of Graph, from the nth matching request on and so many times', async () => {
    await sandbox.control('POST', '/faults', {
      path: '/organization$',
      method: 'GET',
      nth: 2,
      times: 2,
      status: 503,
      headers: { 'retry-after': '1' },
    })
    const replies = [await organization(), await organization(), await organization(), await organization()]
    expect(replies.map(({ status }) => status)).toEqual([200, 503, 503, 200])
    expect(replies[1]!.headers['retry-after']).toBe('1')
    expect((await sandbox.control('GET', '/faults')).body).toMatchObject([{ status: 503, seen: 4 }])
    await sandbox.control('DELETE', '/faults')
    expect((await sandbox.control('GET', '/faults')).body).toEqual([])
  })

  test('cut the connection before the request is carried out, or after it', async () => {
    await sandbox.control('POST', '/faults', { path: '/instantiate$', drop: 'before' })
    await expect(instantiate()).rejects.toThrow()
    expect(await applications()).toBe(0)
    await sandbox.control('DELETE', '/faults')
    await sandbox.control('POST', '/faults', { path: '/instantiate$', drop: 'after' })
    await expect(instantiate()).rejects.toThrow()
    expect(await applications()).toBe(1)
  })

  test('hold a request up, before or after it is carried out', async () => {
    await sandbox.control('POST', '/faults', { path: '/instantiate$', delayMs: 60, when: 'after' })
    const held = instantiate()
    while ((await applications()) === 0) await new Promise(setImmediate)
    expect((await held).status).toBe(201)
  })

  test.each([
    [{ path: 'x' }, 'a status'],
    [{ path: 'x', drop: false }, 'a status'],
    [{ status: 500 }, 'path'],
    [{ path: '(', status: 500 }, '"path" of a fault cannot be "("'],
    [{ path: 'x', status: 500, tims: 3 }, 'no property "tims". Known are: path, side, method, nth, times,'],
    [{ path: 'x', status: 500, side: 'targt' }, '"side" of a fault cannot be "targt". Allowed: tenant, target.'],
    [{ path: 'x', status: 500, method: 'GTE' }, 'Allowed: GET, POST'],
    [{ path: 'x', status: 500, nth: 0 }, '"nth" of a fault cannot be 0. Allowed: a whole number from 1'],
    [{ path: 'x', status: 500, times: 1.5 }, '"times"'],
    [{ path: 'x', status: 99 }, 'Allowed: a whole number from 200 to 599'],
    [{ path: 'x', status: 'abc' }, '"status" of a fault cannot be "abc"'],
    [{ path: 'x', status: 500, headers: { 'bad name': 'x' } }, '"headers"'],
    [{ path: 'x', status: 500, headers: { 'retry-after': 1 } }, '"headers"'],
    [{ path: 'x', delayMs: 2 ** 31 }, '"delayMs"'],
    [{ path: 'x', delayMs: 1, when: 'later' }, 'Allowed: before, after.'],
    [{ path: 'x', drop: 'sometimes' }, 'Allowed: before, after, true, false.'],
    [{ path: 'x', drop: true, body: {} }, '"body" of a fault does nothing without "status"'],
    [{ path: 'x', lagMs: 1, side: 'target' }, '"lagMs" of a fault is of writes to the tenant'],
    [{ path: 'x', lagMs: 1, status: 500 }, '"lagMs" of a fault is of writes to the tenant'],
    [{ path: 'x', lagMs: -1 }, '"lagMs" of a fault cannot be -1'],
    [{ path: 'x', status: 500, when: 'after' }, '"when" of a fault does nothing without "delayMs"'],
  ])('are refused when they cannot be or do nothing: %j', async (fault, said) => {
    const { status, body } = await sandbox.control('POST', '/faults', fault)
    expect([status, body.error.message]).toEqual([400, expect.stringContaining(said)])
    expect((await sandbox.control('GET', '/faults')).body).toEqual([])
  })

  test('take methods in any case, and answer without a body where there is none', async () => {
    await sandbox.control('POST', '/faults', { path: '/organization$', method: 'get', status: 204 })
    expect(await organization()).toMatchObject({ status: 204, body: '' })
  })
})

test('a page of another site cannot steer the sandbox', async () => {
  const { status } = await sandbox.send('POST', '/sandbox/reset', '{}', { origin: 'https://evil.example' })
  expect(status).toBe(403)
})

describe('the journal of requests', () => {
  test('has what clients asked, not what was controlled, and can be cleared', async () => {
    await organization()
    await sandbox.graph('GET', '/nothing')
    const seen = (await sandbox.control('GET', '/requests')).body
    expect(seen.filter(({ path }: { path: string }) => path.startsWith('/v1.0'))).toMatchObject([
      { method: 'GET', path: '/v1.0/organization', status: 200 },
      { method: 'GET', path: '/v1.0/nothing', status: 400 },
    ])
    expect(JSON.stringify(seen)).not.toContain('/sandbox')
    await sandbox.control('DELETE', '/requests')
    expect((await sandbox.control('GET', '/requests')).body).toEqual([])
  })
})

describe('settings', () => {
  test('are read and changed, unknown ones and wrong values refused with what is allowed', async () => {
    expect((await sandbox.control('POST', '/settings', { secretsPut: 'replace' })).body.secretsPut).toBe('replace')
    expect((await sandbox.control('GET', '/settings')).body.secretsPut).toBe('replace')
    expect((await sandbox.control('POST', '/settings', { secretPut: 'x' })).body.error.message).toContain(
      'Unknown setting "secretPut"',
    )
    expect((await sandbox.control('POST', '/settings', { secretsPut: 'x' })).body.error.message).toContain(
      'Allowed: upsert, replace',
    )
    expect((await sandbox.control('POST', '/settings', { latencyMs: -1 })).status).toBe(400)
  })

  test('slow Graph down and throttle it', async () => {
    await sandbox.control('POST', '/settings', { latencyMs: 40 })
    const began = performance.now()
    await organization()
    expect(performance.now() - began).toBeGreaterThanOrEqual(38)
    await sandbox.control('POST', '/settings', { latencyMs: 0, throttleRequests: 0 })
    const reply = await organization()
    expect([reply.status, reply.body.error.code]).toEqual([429, 'TooManyRequests'])
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0)
  })
})

test('the clock is moved ahead, never back', async () => {
  const before = Date.parse((await sandbox.control('GET', '/clock')).body.now)
  const { body } = await sandbox.control('POST', '/clock', { advanceSeconds: 3600 })
  expect(Date.parse(body.now) - before).toBeGreaterThanOrEqual(3_600_000)
  expect((await sandbox.control('POST', '/clock', { advanceSeconds: -1 })).status).toBe(400)
  const { status, body: refusal } = await sandbox.control('POST', '/clock', { advanceSeconds: 1e12 })
  expect([status, refusal.error.message]).toEqual([400, expect.stringMatching(/is 1000000000000: 31535\d{5} at most/)])
  expect(Date.parse((await sandbox.control('GET', '/clock')).body.now) - before).toBeLessThan(7_200_000)
})

test('a reset leads back to the beginning; clients can still sign in', async () => {
  await instantiate()
  await sandbox.graph('PATCH', '/users/adele.vance@entrada-sandbox.example', { department: 'Changed' })
  await sandbox.control('POST', '/settings', { secretsPut: 'replace' })
  expect((await sandbox.control('POST', '/reset')).status).toBe(204)
  expect(await applications()).toBe(0)
  expect(
    (await sandbox.graph('GET', '/users/adele.vance@entrada-sandbox.example?$select=department')).body.department,
  ).toBe('Sales')
  expect((await sandbox.control('GET', '/settings')).body.secretsPut).toBe('upsert')
})

test('a cycle is run of the one job there is, or of the one named', async () => {
  expect((await sandbox.control('POST', '/cycle', {})).body.error.message).toContain('Jobs: none')
  const made = (await instantiate()).body
  const job = (
    await sandbox.graph('POST', `/servicePrincipals/${made.servicePrincipal.id}/synchronization/jobs`, {
      templateId: 'mfiles',
    })
  ).body
  expect((await sandbox.control('POST', '/cycle', {})).body).toMatchObject({ jobId: job.id })
  expect((await sandbox.control('POST', '/cycle', { jobId: 'other' })).body.error.message).toContain(job.id)
})

test('what it does not know it says', async () => {
  const reply = await sandbox.control('GET', '/nothing')
  expect([reply.status, reply.body.error.message]).toEqual([404, expect.stringContaining('POST /sandbox/reset')])
  expect((await sandbox.control('POST', '/settings', '{')).status).toBe(400)
})
