import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../../testing.ts'

let sandbox: TestSandbox
let base: string
let job: string
beforeAll(async () => {
  sandbox = await startTestSandbox({ users: 20 })
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'x' })
  base = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization`
  job = `${base}/jobs/${(await sandbox.graph('POST', `${base}/jobs`, { templateId: 'mfiles' })).body.id}`
})
afterAll(() => sandbox.close())

const beta = async (method: string, path: string, body: unknown) =>
  sandbox.send(method, `/beta${path}`, body, { authorization: `Bearer ${await sandbox.token()}` })

const parameters = (pairs: Record<string, string>) => ({
  value: Object.entries(pairs).map(([key, value]) => ({ key, value })),
})

describe('connectivity parameters', () => {
  test('are the secrets under other names, and the place of credentials beside them', async () => {
    const reply = await beta(
      'PATCH',
      `${base}/connectivityParameters`,
      parameters({
        authenticationType: 'OAuth2ClientCredentialsGrant',
        baseAddress: 'https://good.example/scim',
        oauth2ClientId: 'id',
        oauth2ClientSecret: 'secret',
        oauth2TokenExchangeUri: 'https://good.example/token',
        credentialLocationInRequest: 'Header',
      }),
    )
    expect(reply.status).toBe(204)
    const { value } = (await sandbox.graph('GET', `${base}/secrets`)).body
    expect(value.map(({ key }: { key: string }) => key)).toEqual([
      'AuthenticationType',
      'BaseAddress',
      'Oauth2ClientId',
      'Oauth2ClientSecret',
      'Oauth2TokenExchangeUri',
    ])
    expect((await beta('POST', `${job}/validateConnectivity`, {})).status).toBe(204)
  })

  test.each([
    ['an unknown name', parameters({ tenantId: 'x' }), 500],
    ['another place', parameters({ credentialLocationInRequest: 'Query' }), 400],
    ['no list', {}, 400],
  ])('are refused with %s', async (_, body, status) => {
    expect((await beta('PATCH', `${base}/connectivityParameters`, body)).status).toBe(status)
  })

  test('are tested as they are saved', async () => {
    await beta('PATCH', `${base}/connectivityParameters`, parameters({ baseAddress: 'https://bad.example' }))
    const { status, body } = await beta('POST', `${job}/validateConnectivity`, {})
    expect([status, body.error.code]).toEqual([400, 'CredentialValidationUnavailable'])
  })

  test('are not in v1.0', async () => {
    expect((await sandbox.graph('PATCH', `${base}/connectivityParameters`, parameters({}))).status).toBe(400)
    expect((await sandbox.graph('POST', `${job}/validateConnectivity`, {})).status).toBe(400)
  })
})

test('settings of a job are changed by name, and nothing else of it', async () => {
  const set = (body: object) =>
    sandbox.graph('PATCH', job, { '@odata.type': '#microsoft.graph.synchronizationJob', ...body })
  const one = (value: string) => ({
    synchronizationJobSettings: [{ name: 'QuarantineTooManyDeletesThreshold', value }],
  })
  expect((await set(one('7'))).status).toBe(204)
  expect((await set(one('8'))).status).toBe(204)
  expect((await sandbox.graph('GET', job)).body).toMatchObject(one('8'))
  expect((await set({ schedule: { interval: 'PT5M' } })).status).toBe(400)
  expect((await set({ synchronizationJobSettings: [{ key: 'x' }] })).status).toBe(400)
})
