import { describe, expect, test } from '@jest/globals'
import { markerOf } from '../common/marker.ts'
import { Incomplete, UNKNOWN } from '../resource.ts'
import { INFO1 } from '../testing/tenant.ts'
import type { ProvisioningJobOutputs } from './inputs.ts'
import { provisioningJob } from './resource.ts'
import { credentials, cycle, running, setStatus, setUp, writes } from './testing.ts'

test('create makes the job, writes the whole set of secrets, tests them, edits the schema, then starts', async () => {
  const { tenant, inputs, servicePrincipal } = setUp()
  const additionalMappings = [{ object: 'user', source: '[department]', target: INFO1 }]
  const { id, outputs } = await provisioningJob.create(
    inputs({ additionalMappings, notificationEmail: 'ops@t.example' }),
    tenant.context(),
  )
  expect(writes(tenant)).toEqual([
    'POST /jobs',
    'PUT /secrets',
    'POST /job/validateCredentials',
    'PUT /job/schema',
    'POST /job/start',
  ])
  expect(id).toBe(`/servicePrincipals/${servicePrincipal.id}/synchronization/jobs/${outputs.jobId}`)
  expect(outputs).toMatchObject({
    scheduleState: 'Active',
    resolvedTemplateId: 'mfiles',
    created: true,
    connectionTested: true,
  })
  const [[, { value }]] = [...tenant.written].filter(([line]) => line.endsWith('/secrets')) as [
    [string, { value: object[] }],
  ]
  expect(value).toEqual([
    { key: 'BaseAddress', value: 'https://t.example/scim' },
    { key: 'AuthenticationType', value: 'OAuth2ClientCredentialsGrant' },
    { key: 'Oauth2TokenExchangeUri', value: 'https://t.example/token' },
    { key: 'Oauth2ClientId', value: 'c' },
    { key: 'Oauth2ClientSecret', value: 'hush-hush' },
    { key: 'SyncAll', value: 'false' },
    {
      key: 'SyncNotificationSettings',
      value: '{"Enabled":true,"Recipients":"ops@t.example","DeleteThresholdEnabled":true,"DeleteThresholdValue":500}',
    },
  ])
})

test('a failed connection test leaves the job stopped, the id in state, and no secret in the message', async () => {
  const { tenant, inputs } = setUp()
  tenant.connectionProblem = {
    code: 'CredentialValidationUnavailable',
    message: 'The token endpoint answered 401 invalid_client',
  }
  const asked = inputs()
  const error = (await provisioningJob
    .create(asked, tenant.context())
    .catch((thrown) => thrown)) as Incomplete<ProvisioningJobOutputs>
  expect(error).toBeInstanceOf(Incomplete)
  expect(error.message).toMatch(/refused the client 'c'.*Entra said: The token endpoint answered 401/s)
  expect(error.message + JSON.stringify(error.outputs)).not.toContain('hush-hush')
  expect(writes(tenant)).not.toContain('POST /job/start')

  tenant.connectionProblem = undefined
  tenant.log.length = 0
  const outputs = await provisioningJob.update(
    { id: error.id, inputs: asked, outputs: error.outputs },
    asked,
    tenant.context(),
  )
  expect(writes(tenant)).toEqual(['POST /job/validateCredentials', 'POST /job/start'])
  expect(outputs.connectionTested).toBe(true)
})

test('the job that an interrupted run left is taken up, not made again', async () => {
  const { tenant, inputs } = setUp()
  const first = await provisioningJob.create(inputs(), tenant.context())
  const second = await provisioningJob.create(inputs(), tenant.context())
  expect(second.id).toBe(first.id)
  expect(second.outputs.created).toBe(true)
  expect(tenant.jobs.size).toBe(1)
})

test('a job that has run before is adopted, stopped at the end and left in place', async () => {
  const { tenant, asked, id } = await running()
  setStatus(tenant, { lastExecution: cycle })
  const adopted = await provisioningJob.create(asked, tenant.context())
  expect(adopted.outputs.created).toBe(false)
  await provisioningJob.delete({ id, inputs: asked, outputs: adopted.outputs }, tenant.context())
  expect([...tenant.jobs.values()].map(({ schedule }) => schedule?.state)).toEqual(['Disabled'])
})

test('a job below an application that another stack made is not ours, even if it never ran; below one of this stack it is', async () => {
  const other = setUp()
  other.servicePrincipal.tags = [markerOf('urn:pulumi:other::entrada::entrasync:index:GalleryApplication::app')]
  await provisioningJob.create(other.inputs(), other.tenant.context())
  await expect(provisioningJob.create(other.inputs(), other.tenant.context())).resolves.toMatchObject({
    outputs: { created: false },
  })
  const own = await running()
  own.servicePrincipal.tags = [markerOf('urn:pulumi:dev::entrada::entrasync:index:GalleryApplication::app')]
  setStatus(own.tenant, { lastExecution: cycle })
  await expect(provisioningJob.create(own.asked, own.tenant.context())).resolves.toMatchObject({
    outputs: { created: true },
  })
})

test('a fresh service principal that answers 401 is waited for', async () => {
  const { tenant, inputs } = setUp()
  let early = 3
  tenant.intercept = ({ path }) =>
    path.endsWith('/templates') && early-- > 0
      ? { status: 401, body: { error: { code: 'UnknownError', message: '' } } }
      : undefined
  await provisioningJob.create(inputs(), tenant.context())
  expect(tenant.clock.slept.slice(0, 3)).toEqual([250, 400, 640])
})

test('the same 401 of an old service principal is a missing permission, said at once', async () => {
  const { tenant, inputs, app } = setUp()
  app.createdDateTime = '2025-01-01T00:00:00Z'
  tenant.intercept = ({ path }) =>
    path.includes('/synchronization')
      ? { status: 401, body: { error: { code: 'UnknownError', message: '' } } }
      : undefined
  await expect(provisioningJob.create(inputs(), tenant.context())).rejects.toThrow(/Permission is missing/)
  expect(tenant.clock.slept).toEqual([])
})

test('secrets that Graph accepts and drops are an error that names the keys', async () => {
  const { tenant, inputs } = setUp()
  tenant.intercept = ({ method, path }) => (method === 'PUT' && path.endsWith('/secrets') ? { status: 204 } : undefined)
  await expect(provisioningJob.create(inputs(), tenant.context())).rejects.toThrow(/BaseAddress.*to be listed.*missing/)
})

test('a template that objects to the authentication type is tried once without it', async () => {
  const { tenant, inputs } = setUp()
  tenant.intercept = ({ method, body }) =>
    method === 'PUT' && JSON.stringify(body).includes('OAuth2ClientCredentialsGrant')
      ? {
          status: 500,
          body: { error: { code: 'InternalError', message: "Requested value 'AuthenticationType' was not found." } },
        }
      : undefined
  const { outputs } = await provisioningJob.create(inputs(), tenant.context())
  expect(outputs.secretKeys).not.toContain('AuthenticationType')
})

test('a bearer token that is still there goes before OAuth credentials come', async () => {
  const { tenant, inputs } = setUp()
  tenant.secrets.set('SecretToken', 'old')
  await provisioningJob.create(inputs(), tenant.context())
  expect(tenant.secrets.has('SecretToken')).toBe(false)
})

test.each<[string, object, string[]]>([
  ['mail', { notificationEmail: 'new@t.example' }, ['PUT /secrets']],
  ['deletion guard', { accidentalDeletions: { threshold: 10 } }, ['PUT /secrets']],
  [
    'credentials',
    { credentials: { ...credentials, clientSecret: 'new' } },
    ['PUT /secrets', 'POST /job/validateCredentials'],
  ],
  ['scope', { scope: 'all' }, ['PUT /secrets', 'POST /job/restart']],
  ['mapping', { additionalMappings: [{ object: 'user', source: '[department]', target: INFO1 }] }, ['PUT /job/schema']],
  [
    'scoping filter',
    { scopingFilters: { user: [[{ attribute: 'department', operator: 'EQUALS', value: 'Sales' }]] } },
    ['PUT /job/schema'],
  ],
  ['status', { status: 'off' }, ['POST /job/pause']],
  ['nothing', {}, []],
])('update of %s does that and no more', async (_, change, calls) => {
  const { tenant, inputs, update } = await running()
  setStatus(tenant, { code: 'Active', lastExecution: cycle })
  await update(inputs(change))
  expect(writes(tenant)).toEqual(calls)
})

test('new credentials that fail the test stop a running job', async () => {
  const { tenant, inputs, update } = await running()
  tenant.connectionProblem = { code: 'InvalidCredentials', message: 'answered 404' }
  await expect(update(inputs({ credentials: { ...credentials, tenantUrl: 'https://t.example/x' } }))).rejects.toThrow(
    /no SCIM service at https:\/\/t.example\/x/,
  )
  expect(writes(tenant).at(-1)).toBe('POST /job/pause')
})

test('read tells drift as changed inputs and keeps the secret that cannot be read', async () => {
  const { tenant, id, asked, outputs } = await running({
    additionalMappings: [{ object: 'user', source: '[department]', target: INFO1 }],
  })
  tenant.secrets.set('SyncAll', 'true')
  tenant.secrets.set(
    'SyncNotificationSettings',
    '{"Enabled":true,"Recipients":"x@y.example","DeleteThresholdEnabled":false}',
  )
  tenant.schema.synchronizationRules[0]!.objectMappings[0]!.attributeMappings.splice(1)
  for (const job of tenant.jobs.values()) tenant.jobs.set(job.id, { ...job, schedule: { state: 'Disabled' } })
  const state = await provisioningJob.read({ id, inputs: asked, outputs }, tenant.context())
  expect(state?.inputs.credentials).toEqual(credentials)
  expect(Object.keys(provisioningJob.diff({ ...state!, outputs }, asked).changes).sort()).toEqual([
    'accidentalDeletions.enabled',
    'additionalMappings[0]',
    'notificationEmail',
    'scope',
    'status',
  ])
  expect(state?.outputs.mappingDrift).toEqual(['user displayName: not mapped, by default [displayName]'])
})

describe('a caller who may read jobs, and not what they are configured with', () => {
  const refuseSecrets = ({ path }: { path: string }) =>
    path.endsWith('/secrets') ? { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } } : undefined

  test('finds drift in the rest, keeps what it cannot read, and says so', async () => {
    const { tenant, id, asked, outputs } = await running({ scope: 'all', notificationEmail: 'it@t.example' })
    for (const job of tenant.jobs.values()) tenant.jobs.set(job.id, { ...job, schedule: { state: 'Disabled' } })
    tenant.intercept = refuseSecrets
    const context = tenant.context()
    const state = await provisioningJob.read({ id, inputs: asked, outputs }, context)
    expect(Object.keys(provisioningJob.diff({ ...state!, outputs }, asked).changes)).toEqual(['status'])
    expect(state?.inputs).toEqual({ ...asked, status: 'off' })
    expect(state?.outputs.secretKeys).toEqual(outputs.secretKeys)
    expect(context.logged).toEqual([expect.stringMatching(/^warning: not compared: credentials, scope, .*takes Sync/)])
  })

  test('cannot import a job', async () => {
    const { tenant, id } = await running()
    tenant.intercept = refuseSecrets
    const importing = provisioningJob.read({ id, inputs: undefined, outputs: undefined }, tenant.context())
    await expect(importing).rejects.toThrow(
      'Permission is missing: grant the application Synchronization.ReadWrite.All',
    )
  })

  test('cannot update it', async () => {
    const { tenant, asked, update } = await running()
    tenant.intercept = refuseSecrets
    await expect(update({ ...asked, status: 'off' })).rejects.toThrow('Permission is missing')
  })
})

test('an imported job carries all but its secret', async () => {
  const { tenant, id, asked } = await running({
    scope: 'all',
    additionalMappings: [{ object: 'user', source: '[department]', target: INFO1 }],
    scopingFilters: { user: [[{ attribute: 'department', operator: 'EQUALS', value: 'Sales' }]] },
  })
  const state = await provisioningJob.read({ id, inputs: undefined, outputs: undefined }, tenant.context())
  expect(state?.inputs).toEqual({ ...asked, credentials: { ...credentials, clientSecret: '' } })
  expect(Object.keys(provisioningJob.diff(state!, asked).changes)).toEqual(['credentials.clientSecret'])
})

test('a job or a service principal that is gone is gone; a refusal is not', async () => {
  const { tenant, id, asked, outputs } = await running()
  tenant.jobs.clear()
  await expect(provisioningJob.read({ id, inputs: asked, outputs }, tenant.context())).resolves.toBeNull()
  tenant.intercept = ({ path }) =>
    path.includes('/synchronization')
      ? { status: 401, body: { error: { code: 'UnknownError', message: '' } } }
      : undefined
  await expect(provisioningJob.read({ id, inputs: asked, outputs }, tenant.context())).rejects.toThrow(/401/)
  tenant.principals.clear()
  await expect(provisioningJob.read({ id, inputs: asked, outputs }, tenant.context())).resolves.toBeNull()
})

test('delete stops and removes the job and takes the secrets back', async () => {
  const { tenant, id, asked, outputs } = await running()
  await provisioningJob.delete({ id, inputs: asked, outputs }, tenant.context())
  expect(writes(tenant)).toEqual(['POST /job/pause', 'DELETE /job', 'PUT /secrets'])
  expect([...tenant.secrets]).toEqual([['SyncNotificationSettings', '{}']])
})

test('check says all that is wrong at once, without the secret', () => {
  const { failures } = provisioningJob.check({
    servicePrincipalId: UNKNOWN,
    credentials: { ...credentials, tenantUrl: 'nowhere', clientSecret: 5, token: 'x' },
    status: 'of',
    accidentalDeletions: { threshold: 0 },
    scopingFilters: {
      user: [
        [
          { attribute: 'a', operator: 'EQUALS' },
          { attribute: 'a', operator: 'LIKE', value: UNKNOWN },
        ],
      ],
    },
    notifcationEmail: 'x',
  })
  expect(failures).toEqual(
    expect.arrayContaining([
      {
        property: 'credentials.tenantUrl',
        reason: "credentials.tenantUrl is 'nowhere': must be a full address such as https://example.com/path",
      },
      { property: 'credentials.clientSecret', reason: 'credentials.clientSecret: must be a string' },
      { property: 'credentials.token', reason: "there is no property 'token'" },
      { property: 'status', reason: "status is 'of': use 'on' or 'off'" },
      { property: 'accidentalDeletions.threshold', reason: 'accidentalDeletions.threshold is 0: must be at least 1' },
      {
        property: 'scopingFilters.user[0][0]',
        reason: 'scopingFilters.user[0][0] is an object: operator EQUALS needs a value',
      },
    ]),
  )
  expect(failures.map(({ property }) => property)).toContain('scopingFilters.user[0][1].operator')
  expect(failures.find(({ property }) => property === 'notifcationEmail')?.reason).toMatch(
    /did you mean 'notificationEmail'/,
  )
})

test('naming the template that is in use changes nothing, another one replaces', async () => {
  const { id, asked, outputs } = await running()
  const changes = (templateId: string) =>
    provisioningJob.diff({ id, inputs: asked, outputs }, { ...asked, templateId }).changes
  expect(changes('mfiles')).toEqual({})
  expect(changes('scim')).toEqual({ templateId: 'add-replace' })
})

test('preview finds mappings that cannot be made, of a new job and of one that runs, and writes nothing', async () => {
  const { tenant, inputs, id, asked, outputs } = await running()
  const wrong = inputs({ additionalMappings: [{ object: 'user', source: '[departement]', target: INFO1 }] })
  for (const olds of [undefined, { id, inputs: asked, outputs }]) {
    await expect(provisioningJob.preview(wrong, olds, tenant.context())).rejects.toThrow(/did you mean department\?/)
  }
  expect(writes(tenant)).toEqual([])
})

test('the reason for the scope is kept for reviewers and never sent to Entra', async () => {
  const { tenant, inputs, id, asked, outputs, update } = await running({ scope: 'all', scopeReason: 'agreed by HR' })
  const news = inputs({ scope: 'all', scopeReason: 'agreed by the works council' })
  expect(provisioningJob.diff({ id, inputs: asked, outputs }, news).changes).toEqual({ scopeReason: 'update' })
  await update(news)
  expect(writes(tenant)).toEqual([])
  const read = await provisioningJob.read({ id, inputs: news, outputs }, tenant.context())
  expect(read?.inputs.scopeReason).toBe('agreed by the works council')
  expect(JSON.stringify([...tenant.jobs.values(), ...tenant.secrets])).not.toContain('agreed')
})

test('the first change of a job that was taken over writes the credentials, whatever Entra has, and tests them', async () => {
  const { tenant, asked, outputs, update } = await running()
  const news = { ...asked, status: 'off' as const }
  await update(news, { ...outputs, created: false, connectionTested: false })
  expect(writes(tenant)).toEqual(['PUT /secrets', 'POST /job/validateCredentials', 'POST /job/pause'])
})
