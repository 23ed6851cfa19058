import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
})
afterAll(() => sandbox.close())

const ADELE = '/users/adele.vance@entrada-sandbox.example'
const departmentOf = async () => (await sandbox.graph('GET', `${ADELE}?$select=department`)).body.department
const move = (department: string) => sandbox.graph('PATCH', ADELE, { department })
const applications = async () =>
  (await sandbox.graph('GET', "/applications?$filter=displayName eq 'x'")).body.value.length

describe('a snapshot', () => {
  test('brings back what was changed, made and deleted after it', async () => {
    await move('Before')
    expect((await sandbox.control('POST', '/snapshots', { name: 'early' })).status).toBe(204)
    await move('After')
    await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
    await sandbox.control('POST', '/snapshots', { name: 'late' })
    expect((await sandbox.control('GET', '/snapshots')).body).toEqual(['early', 'late'])

    expect((await sandbox.control('POST', '/snapshots/restore', { name: 'early' })).status).toBe(204)
    expect([await departmentOf(), await applications()]).toEqual(['Before', 0])
    await sandbox.control('POST', '/snapshots/restore', { name: 'late' })
    expect([await departmentOf(), await applications()]).toEqual(['After', 1])
  })

  test('leaves the clock where it is', async () => {
    await sandbox.control('POST', '/snapshots', { name: 'now' })
    const moved = (await sandbox.control('POST', '/clock', { advanceSeconds: 3600 })).body.offsetSeconds
    await sandbox.control('POST', '/snapshots/restore', { name: 'now' })
    expect((await sandbox.control('GET', '/clock')).body.offsetSeconds).toBe(moved)
  })

  test('that is not there is named, with those that are', async () => {
    const { status, body } = await sandbox.control('POST', '/snapshots/restore', { name: 'never' })
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('"never". Snapshots: early')])
    expect((await sandbox.control('POST', '/snapshots', {})).status).toBe(400)
  })
})

describe('several tenants', () => {
  const signIn = async (at: TestSandbox, tenant: { tenantId: string; clientId: string; clientSecret: string }) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      scope: `${at.address.graph}/.default`,
    })
    const path = `/${tenant.tenantId}/oauth2/v2.0/token`
    return (await at.send('POST', path, form.toString())).body.access_token as string
  }

  test('have ids, clients and directories of their own, and come back with their state', async () => {
    const data = mkdtempSync(join(tmpdir(), 'tenants-'))
    let at = await startTestSandbox({ users: 20, tenants: 2, data })
    const made = (await at.control('POST', '/tenants', { users: 30 })).body
    let tenants = (await at.control('GET', '/tenants')).body
    expect(tenants.map(({ users }: { users: number }) => users)).toEqual([20, 20, 30])
    expect(new Set(tenants.map(({ tenantId }: { tenantId: string }) => tenantId)).size).toBe(3)
    expect(tenants[0].tenantId).toBe(at.address.tenantId)

    const read = async (path: string) =>
      (await at.send('GET', `/v1.0${path}`, undefined, { authorization: `Bearer ${await signIn(at, made)}` })).body
    expect((await read('/organization')).value[0].id).toBe(made.tenantId)
    const [somebody] = (await read('/users?$top=1')).value
    const authorization = `Bearer ${await signIn(at, made)}`
    await at.send(
      'PATCH',
      `/v1.0/users/${somebody.id}`,
      { department: 'Moved' },
      { authorization, 'content-type': 'application/json' },
    )
    expect((await at.graph('GET', `/users/${somebody.id}`)).status).toBe(404)
    expect((await at.control('GET', `/health?tenant=${made.tenantId}`)).body.users).toBe(30)
    await at.close()

    at = await startTestSandbox({ users: 20, data })
    tenants = (await at.control('GET', '/tenants')).body
    expect(tenants[2]).toEqual({ ...made, jobs: 0 })
    expect((await read(`/users/${somebody.id}?$select=department`)).department).toBe('Moved')
    await at.close()
    rmSync(data, { recursive: true })
  })

  test('of the same seed are refused, and one that is not there is named', async () => {
    const { body } = await sandbox.control('POST', '/tenants', { seed: 'entrada' })
    expect(body.error.message).toContain('a tenant of the seed "entrada" already')
    expect((await sandbox.control('GET', '/health?tenant=nobody')).body.error.message).toContain('no tenant "nobody"')
  })

  test("are not opened by one another's clients", async () => {
    const other = (await sandbox.control('POST', '/tenants', {})).body
    expect(await signIn(sandbox, { ...other, tenantId: sandbox.address.tenantId })).toBeUndefined()
  })

  test("are not read with one another's tokens", async () => {
    const at = await startTestSandbox({ users: 20, tenants: 2 })
    const [first, second] = (await at.control('GET', '/tenants')).body
    const tokens = [await signIn(at, first), await signIn(at, second)]
    const ask = async (token: string | undefined, tenantId: string) => {
      const path = `/v1.0/organization?tenant=${tenantId}`
      const { status, body } = await at.send('GET', path, undefined, { authorization: `Bearer ${token}` })
      return [status, body.error?.message ?? body.value[0].id]
    }
    const refused = [401, 'Access token validation failure. Invalid tenant.']
    expect(await ask(tokens[0], first.tenantId)).toEqual([200, first.tenantId])
    expect(await ask(tokens[1], second.tenantId)).toEqual([200, second.tenantId])
    expect(await ask(tokens[0], second.tenantId)).toEqual(refused)
    expect(await ask(tokens[1], first.tenantId)).toEqual(refused)
    await at.close()
  })
})
