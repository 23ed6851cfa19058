import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const NO_PERMISSION = 2
const SECRETS = [
  { key: 'BaseAddress', value: 'https://good.example/scim' },
  { key: 'Oauth2ClientId', value: 'id' },
  { key: 'Oauth2ClientSecret', value: 'very secret' },
  { key: 'SyncAll', value: 'false' },
  { key: 'SyncNotificationSettings', value: '{"Enabled":false}' },
]

let sandbox: TestSandbox
let base: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  await sandbox.control('POST', '/reset')
  const made = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'M-Files',
  })
  base = `/servicePrincipals/${made.body.servicePrincipal.id}/synchronization`
  sandbox.provisioning.calls.length = 0
})

const newJob = async () =>
  (await sandbox.graph('POST', `${base}/jobs`, { templateId: 'mfiles', '@odata.type': '#x' })).body
const putSecrets = (value: unknown) => sandbox.graph('PUT', `${base}/secrets`, { value })
const secrets = async () =>
  Object.fromEntries(
    (await sandbox.graph('GET', `${base}/secrets`)).body.value.map((pair: { key: string; value: string }) => [
      pair.key,
      pair.value,
    ]),
  )

describe('jobs', () => {
  test('are made from a template of the application, and from no other', async () => {
    const job = await newJob()
    expect(job).toMatchObject({ templateId: 'mfiles', schedule: { state: 'Disabled' } })
    expect(job).not.toHaveProperty('watermark')
    expect((await sandbox.graph('GET', `${base}/jobs`)).body.value).toMatchObject([{ id: job.id }])
    expect((await sandbox.graph('GET', `${base}/jobs/${job.id}`)).body.id).toBe(job.id)
    const other = await sandbox.graph('POST', `${base}/jobs`, { templateId: 'aws' })
    expect([other.status, other.body.error.message]).toEqual([400, expect.stringContaining('mfiles')])
  })

  test('of another service principal are not found', async () => {
    const job = await newJob()
    const other = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
      displayName: 'Other',
    })
    const reply = await sandbox.graph(
      'GET',
      `/servicePrincipals/${other.body.servicePrincipal.id}/synchronization/jobs/${job.id}`,
    )
    expect(reply.status).toBe(404)
  })

  test('are started, paused, restarted and deleted', async () => {
    const { id } = await newJob()
    const act = async (action: string, body?: unknown) =>
      (await sandbox.graph('POST', `${base}/jobs/${id}/${action}`, body)).status
    expect(await act('start')).toBe(204)
    expect(await act('pause')).toBe(204)
    expect(await act('restart', { criteria: { resetScope: 'Watermark, Escrows' } })).toBe(204)
    expect(await act('restart')).toBe(204)
    expect(await act('restart', { criteria: { resetScope: 'Everything' } })).toBe(400)
    expect((await sandbox.graph('DELETE', `${base}/jobs/${id}`)).status).toBe(204)
    expect((await sandbox.graph('GET', `${base}/jobs/${id}`)).status).toBe(404)
    expect(sandbox.provisioning.calls.slice(1)).toEqual([
      `start ${id}`,
      `pause ${id}`,
      `restart ${id} Watermark, Escrows`,
      `restart ${id}`,
      `remove ${id}`,
    ])
  })
})

describe('secrets', () => {
  test('come back redacted, the rest in clear', async () => {
    expect((await putSecrets(SECRETS)).status).toBe(204)
    expect(await secrets()).toEqual({
      BaseAddress: 'https://good.example/scim',
      Oauth2ClientId: 'id',
      Oauth2ClientSecret: '*',
      SyncAll: 'false',
      SyncNotificationSettings: '{"Enabled":false}',
    })
  })

  test('merge by key, and an empty value removes the key', async () => {
    await putSecrets(SECRETS)
    await putSecrets([
      { key: 'SyncAll', value: 'true' },
      { key: 'Oauth2ClientSecret', value: '' },
    ])
    expect(await secrets()).toEqual({
      BaseAddress: 'https://good.example/scim',
      Oauth2ClientId: 'id',
      SyncAll: 'true',
      SyncNotificationSettings: '{"Enabled":false}',
    })
  })

  test('replace what is stored, or are dropped when incomplete, where a switch says so', async () => {
    await putSecrets(SECRETS)
    await sandbox.control('POST', '/settings', { dropIncompletePut: true })
    expect((await putSecrets([{ key: 'SyncAll', value: 'true' }])).status).toBe(204)
    expect(await secrets()).toMatchObject({ SyncAll: 'false' })
    await sandbox.control('POST', '/settings', { dropIncompletePut: false, secretsPut: 'replace' })
    await putSecrets([{ key: 'SyncAll', value: 'true' }])
    expect(await secrets()).toEqual({ SyncAll: 'true' })
  })

  test.each([
    [
      'an unknown key',
      [{ key: 'TenantId', value: 'x' }],
      500,
      'InternalError',
      "Requested value 'TenantId' was not found.",
    ],
    [
      'bearer and OAuth together',
      [
        { key: 'SecretToken', value: 'x' },
        { key: 'Oauth2ClientId', value: 'y' },
      ],
      500,
      'InternalError',
      'together',
    ],
    [
      'no notification settings',
      [{ key: 'SyncNotificationSettings', value: '' }],
      400,
      'UnknownError',
      'InvalidNotificationSettings',
    ],
    ['the redaction mark', [{ key: 'Oauth2ClientSecret', value: '*' }], 400, 'Request_BadRequest', 'redaction'],
    ['no list', 'x', 400, 'RequestMissingRequiredParameter', 'value'],
    ['a value that is no text', [{ key: 'SyncAll', value: false }], 400, 'Request_BadRequest', 'both text'],
  ])('are refused whole with %s', async (_, value, status, code, message) => {
    const reply = await putSecrets(value)
    expect([reply.status, reply.body.error]).toEqual([
      status,
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    ])
    expect(await secrets()).toEqual({})
  })
})

describe('the credential test', () => {
  const validate = async (path: string, body: unknown) => {
    const { status, body: answer } = await sandbox.graph('POST', `${base}/jobs${path}/validateCredentials`, body)
    return [status, answer.error?.code]
  }

  test('takes saved credentials or those in the body, on a job or before there is one', async () => {
    const { id } = await newJob()
    await putSecrets(SECRETS)
    const credentials = [{ key: 'BaseAddress', value: 'https://bad.example' }]
    expect(await validate(`/${id}`, { useSavedCredentials: true, credentials })).toEqual([204, undefined])
    expect(await validate(`/${id}`, { credentials })).toEqual([400, 'CredentialValidationUnavailable'])
    expect(await validate('', { templateId: 'mfiles', credentials: SECRETS })).toEqual([204, undefined])
    expect(await validate('', { credentials: SECRETS })).toEqual([400, 'RequestMissingRequiredParameter'])
    expect(await validate('', { templateId: 'mfiles' })).toEqual([400, 'RequestMissingRequiredParameter'])
    expect(await validate('', { templateId: 'mfiles', credentials: [{ key: 'Scope', value: 'x' }] })).toEqual([
      500,
      'InternalError',
    ])
  })

  test('has the outcome that a switch forces', async () => {
    const { id } = await newJob()
    await sandbox.control('POST', '/settings', {
      forcedValidation: { status: 400, code: 'InvalidCredentials', message: 'forced' },
    })
    expect(await validate(`/${id}`, { credentials: SECRETS })).toEqual([400, 'InvalidCredentials'])
    await sandbox.control('POST', '/settings', { forcedValidation: 'ok' })
    expect(await validate(`/${id}`, { credentials: [] })).toEqual([204, undefined])
  })
})

describe('the schema', () => {
  test("is the template's until it is written, and again after it was deleted", async () => {
    const { id } = await newJob()
    const path = `${base}/jobs/${id}/schema`
    const read = async () => (await sandbox.graph('GET', path)).body
    const original = await read()
    expect(original).toMatchObject({ id, version: 'v1.0' })
    const { '@odata.context': _, ...schema } = structuredClone(original)
    schema.synchronizationRules[0].name = 'mine'
    expect((await sandbox.graph('PUT', path, schema)).status).toBe(204)
    expect(await read()).toMatchObject({ id, version: 'v1.1', synchronizationRules: [{ name: 'mine' }] })
    expect((await sandbox.graph('DELETE', path)).status).toBe(204)
    expect(await read()).toEqual(original)
  })

  test('is refused without rules or mappings, and with what Graph does not have', async () => {
    const { id } = await newJob()
    const put = async (body: unknown) =>
      (await sandbox.graph('PUT', `${base}/jobs/${id}/schema`, body)).body.error?.code
    expect(await put({})).toBe('InvalidSchema')
    expect(await put({ synchronizationRules: [{ name: 'r' }] })).toBe('InvalidSchema')
    expect(await put({ synchronizationRules: [{ name: 'r', objectMappings: [{}] }] })).toBe('InvalidSchema')
    const mapping = { attributeMappings: [{ targetAttributeName: 'title', flowType: 'Sometimes' }] }
    expect(await put({ synchronizationRules: [{ name: 'r', objectMappings: [mapping] }] })).toBe('InvalidSchema')
  })
})

describe('a caller without permission', () => {
  test('gets 401 UnknownError with an empty message, or a 403 where a switch says so', async () => {
    const denied = async () => {
      const { status, body } = await sandbox.graph('GET', `${base}/jobs`, undefined, {}, NO_PERMISSION)
      return [status, body.error.code, body.error.message === '']
    }
    expect(await denied()).toEqual([401, 'UnknownError', true])
    await sandbox.control('POST', '/settings', { synchronizationDenied: 'forbidden' })
    expect(await denied()).toEqual([403, 'Authorization_RequestDenied', false])
  })
})
