import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../../../../sync/defaults/templates.ts'
import { FakeTarget } from '../../../provisioning/fakeTarget.testing.ts'
import { createProvisioning } from '../../../provisioning/service.ts'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

const LEAST = 1
let sandbox: TestSandbox
let target: FakeTarget
beforeAll(async () => {
  target = await new FakeTarget().listen()
  sandbox = await startTestSandbox({ users: 20, createProvisioning, templateSchema })
})
afterAll(async () => {
  await sandbox.close()
  await target.close()
})

let application: string
let principal: string
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  target.fault = () => undefined
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'x',
  })
  application = `/applications/${body.application.id}/synchronization`
  principal = `/servicePrincipals/${body.servicePrincipal.id}/synchronization`
})

const get = async (path: string) => (await sandbox.graph('GET', path)).body
const status = async (method: string, path: string, body?: unknown, client = 0) =>
  (await sandbox.graph(method, path, body, {}, client)).status
const newJob = async (templateId: string): Promise<string> =>
  `${principal}/jobs/${(await sandbox.graph('POST', `${principal}/jobs`, { templateId })).body.id}`

describe('the synchronization of an application', () => {
  test("is that of its service principal, under the application's own address", async () => {
    const job = (await newJob('mfiles')).split('/').at(-1)
    const { value, '@odata.context': context } = await get(`${application}/jobs`)
    expect(value).toMatchObject([{ id: job }])
    expect(context).toContain(`applications('${application.split('/')[2]}')/synchronization/jobs`)
    expect((await get(`${application}/templates`)).value).toEqual((await get(`${principal}/templates`)).value)
    expect((await get(`${application}/jobs/${job}/schema`)).synchronizationRules).toHaveLength(1)
    expect(await status('PUT', `${application}/secrets`, { value: [{ key: 'SyncAll', value: 'true' }] })).toBe(204)
    expect((await get(`${principal}/secrets`)).value).toEqual([{ key: 'SyncAll', value: 'true' }])
  })

  test('is refused to who does not own it, and is not there without either', async () => {
    expect(await status('GET', `${application}/jobs`, undefined, LEAST)).toBe(401)
    expect(await status('GET', '/applications/garbage/synchronization/jobs')).toBe(404)
    const { id } = (await sandbox.graph('POST', '/applications', { displayName: 'Bare' })).body
    expect(await status('GET', `/applications/${id}/synchronization/jobs`)).toBe(404)
  })
})

describe('a template of an application', () => {
  const schemaOf = async (path: string) => (await get(`${path}/schema`)).synchronizationRules[0].name
  const renamed = async (name: string) => {
    const { '@odata.context': _, ...schema } = await get(`${application}/templates/mfiles/schema`)
    return { ...schema, synchronizationRules: [{ ...schema.synchronizationRules[0], name }] }
  }

  test('is replaced, but for its schema; what is left out is erased', async () => {
    const path = `${application}/templates/mfiles`
    const before = await get(path)
    expect(await status('PATCH', path, { factoryTag: 'mfiles', description: 'Ours', metadata: [] })).toBe(204)
    expect(await get(path)).toEqual({ ...before, default: false, description: 'Ours', metadata: [] })
    expect((await get(`${principal}/templates`)).value).toMatchObject([{ id: 'mfiles', description: 'Ours' }])
    const wrong = await sandbox.graph('PATCH', path, { factoryTag: 'nothing' })
    expect([wrong.status, wrong.body.error.message]).toEqual([400, expect.stringContaining('CustomSCIM')])
    expect(await status('PATCH', path, { description: 7 })).toBe(400)
  })

  test('has a schema that jobs begin with, and go back to, until it is deleted', async () => {
    const path = `${application}/templates/mfiles/schema`
    const given = await schemaOf(`${principal}/templates/mfiles`)
    expect(await status('PUT', path, await renamed('Ours'))).toBe(204)
    expect(await schemaOf(`${principal}/templates/mfiles`)).toBe('Ours')
    const job = await newJob('mfiles')
    expect(await schemaOf(job)).toBe('Ours')
    await sandbox.graph('PUT', `${job}/schema`, await renamed('The job its own'))
    expect(await schemaOf(job)).toBe('The job its own')
    expect(await status('DELETE', `${job}/schema`)).toBe(204)
    expect(await schemaOf(job)).toBe('Ours')
    expect(await status('DELETE', path)).toBe(204)
    expect(await schemaOf(`${principal}/templates/mfiles`)).toBe(given)
    expect(await status('PUT', path, { synchronizationRules: [] })).toBe(400)
  })

  test('is added with an implementation, whose schema its jobs have', async () => {
    const made = await sandbox.graph('POST', `${application}/templates`, { id: 'ours', factoryTag: 'CustomSCIM' })
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ id: 'ours', factoryTag: 'CustomSCIM' })])
    expect(await status('POST', `${application}/templates`, { id: 'ours', factoryTag: 'CustomSCIM' })).toBe(400)
    expect((await get(`${principal}/templates`)).value.map(({ id }: { id: string }) => id)).toEqual(['mfiles', 'ours'])
    const job = await newJob('ours')
    expect(job).toContain('/ours.')
    const { directories } = await get(`${job}/schema`)
    expect(directories.map(({ name }: { name: string }) => name)).toContain('customappsso')
  })

  test('is written by who owns the application, on the application alone', async () => {
    const own = await sandbox.graph(
      'POST',
      `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`,
      { displayName: 'own' },
      {},
      LEAST,
    )
    const owned = `/applications/${own.body.application.id}/synchronization/templates`
    const template = { id: 'ours', factoryTag: 'mfiles' }
    expect(await status('POST', owned, template, LEAST)).toBe(201)
    expect(await status('POST', `${application}/templates`, template, LEAST)).toBe(401)
    expect(await status('POST', `${principal}/templates`, template)).toBe(404)
  })
})

describe('acquireAccessToken', () => {
  const credentials = () =>
    Object.entries({
      BaseAddress: `${target.origin}/scim`,
      Oauth2TokenExchangeUri: `${target.origin}/token`,
      Oauth2ClientId: 'client-1',
      Oauth2ClientSecret: 'very-secret',
      Oauth2AuthorizationCode: 'the-code',
      Oauth2RedirectUri: 'https://portal.example/redirect',
    }).map(([key, value]) => ({ key, value }))

  test.each([
    ['a service principal', () => principal],
    ['an application', () => application],
  ])('redeems the code of %s, and the token serves from then on', async (_, base) => {
    const path = `${base()}/acquireAccessToken`
    expect(await status('POST', path, { credentials: credentials() })).toBe(204)
    const asked = target.seen.findLast((request) => request.path === '/token')!
    expect(Object.fromEntries(new URLSearchParams(String(asked.body)))).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'https://portal.example/redirect',
    })
    expect(asked.authorization).toBe(`Basic ${btoa('client-1:very-secret')}`)
    const saved = new Map(
      (await get(`${principal}/secrets`)).value.map((pair: { key: string; value: string }) => [pair.key, pair.value]),
    )
    expect([saved.get('Oauth2AccessToken'), saved.has('Oauth2AuthorizationCode')]).toEqual(['*', false])
    const job = await newJob('mfiles')
    expect(await status('POST', `${job}/validateCredentials`, { useSavedCredentials: true })).toBe(204)
    expect(target.seen.at(-1)!.authorization).toMatch(/^Bearer token-/)
  })

  test('says what is missing, and what the token endpoint answered, without the secrets', async () => {
    const refusal = async (pairs: { key: string; value: string }[]) => {
      const reply = await sandbox.graph('POST', `${principal}/acquireAccessToken`, { credentials: pairs })
      return [reply.status, reply.body.error.message]
    }
    const without = credentials().filter(({ key }) => key !== 'Oauth2AuthorizationCode')
    expect(await refusal(without)).toEqual([400, expect.stringContaining('needs Oauth2AuthorizationCode')])
    target.fault = ({ path }) =>
      path === '/token' ? { status: 400, body: '{"error":"invalid_grant","code":"the-code"}' } : undefined
    const [, message] = await refusal(credentials())
    expect(message).toContain('invalid_grant')
    expect(message).not.toContain('the-code')
    expect((await get(`${principal}/secrets`)).value).toEqual([])
    expect(await status('POST', `${principal}/acquireAccessToken`, {})).toBe(400)
  })
})
