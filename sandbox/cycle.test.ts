import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../sync/defaults/templates.ts'
import { KNOWN_GROUPS, KNOWN_USERS } from './directory/known.ts'
import { problemsOf } from './graph/contract/validate.ts'
import { FakeTarget } from './provisioning/fakeTarget.testing.ts'
import { createProvisioning } from './provisioning/service.ts'
import { MFILES_TEMPLATE } from './templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from './testing.ts'

type Sent = { method: string; url: string }

let sandbox: TestSandbox
let target: FakeTarget
let principal: { id: string; appRoles: { id: string }[] }
let job: string
let members: number

/** What an administrator does: application, credentials, test, one group, start. */
beforeAll(async () => {
  target = await new FakeTarget().listen()
  sandbox = await startTestSandbox({ createProvisioning, templateSchema })
  const post = (path: string, body?: unknown) => sandbox.graph('POST', path, body)
  const made = await post(`/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName: 'M-Files' })
  principal = made.body.servicePrincipal
  const base = `/servicePrincipals/${principal.id}/synchronization`
  job = `${base}/jobs/${(await post(`${base}/jobs`, { templateId: 'mfiles' })).body.id}`
  await sandbox.graph('PUT', `${base}/secrets`, {
    value: Object.entries({
      BaseAddress: `${target.origin}/scim`,
      AuthenticationType: 'OAuth2ClientCredentialsGrant',
      Oauth2TokenExchangeUri: `${target.origin}/token`,
      Oauth2ClientId: 'id',
      Oauth2ClientSecret: 'secret',
      SyncAll: 'false',
      SyncNotificationSettings: '{"Enabled":false}',
    }).map(([key, value]) => ({ key, value })),
  })
  expect((await post(`${job}/validateCredentials`, { useSavedCredentials: true })).status).toBe(204)
  const found = await sandbox.graph('GET', `/groups?$filter=displayName eq '${KNOWN_GROUPS.mfilesUsers}'`)
  const group = found.body.value[0]
  const assignment = { principalId: group.id, resourceId: principal.id, appRoleId: principal.appRoles[0]!.id }
  expect((await post(`/servicePrincipals/${principal.id}/appRoleAssignedTo`, assignment)).status).toBe(201)
  const enabled = await sandbox.graph(
    'GET',
    `/groups/${group.id}/members?$filter=accountEnabled eq true&$count=true`,
    undefined,
    { ConsistencyLevel: 'eventual' },
  )
  members = enabled.body['@odata.count']
  expect((await post(`${job}/start`)).status).toBe(204)
  await sandbox.control('POST', '/cycle', {})
})
afterAll(async () => {
  await sandbox.close()
  await target.close()
})

describe('a whole tenant', () => {
  test('provisions the enabled members of an assigned group, and the group', () => {
    expect(target.resources.Users.size).toBe(members)
    const [group] = [...target.resources.Groups.values()]
    expect(group).toMatchObject({ displayName: KNOWN_GROUPS.mfilesUsers })
  })

  test('tells of it in the job and in the log, as Graph does', async () => {
    const { body: shown } = await sandbox.graph('GET', job)
    expect(shown.status).toMatchObject({ code: 'Active', lastExecution: { state: 'Succeeded' } })
    expect(problemsOf('synchronizationJob', shown)).toEqual([])
    const filter = `jobid eq '${shown.id}' and provisioningAction eq 'create' and contains(tolower(servicePrincipal/id),'${principal.id}')`
    const log = await sandbox.graph('GET', `/auditLogs/provisioning?$filter=${encodeURIComponent(filter)}&$top=5`)
    expect(log.body.value).toHaveLength(5)
    expect(log.body['@odata.nextLink']).toBeDefined()
    expect(log.body.value.flatMap((entry: unknown) => problemsOf('provisioningObjectSummary', entry))).toEqual([])
  })

  describe('has a log that is filtered as Graph documents it', () => {
    const found = async (query: Record<string, string>, status = 200) => {
      const reply = await sandbox.graph(
        'GET',
        `/auditLogs/provisioning?${new URLSearchParams({ $top: '1000', ...query })}`,
      )
      expect(reply.status).toBe(status)
      return reply.body.value as { activityDateTime: string }[]
    }
    const diego = "sourceIdentity/displayName eq 'Diego Siciliani'"

    test.each([
      [diego, 1],
      ["sourceIdentity/displayName eq 'diego siciliani'", 0],
      ["contains(sourceIdentity/displayName,'Siciliani')", 1],
      [`${diego} and sourceidentity/identitytype eq 'User'`, 1],
      [`${diego} and provisioningStatusInfo/status eq 'failure'`, 0],
      [`${diego} and (initiatedBy/displayName eq 'Azure AD Provisioning Service')`, 1],
      [`${diego} and durationInMilliseconds lt 100000`, 1],
      [`${diego} and activityDateTime ge 2020-01-01T00:00:00Z and activityDateTime lt 2099-01-01`, 1],
      [`${diego} and servicePrincipal/displayName eq 'M-Files'`, 1],
    ])('%s', async ($filter, count) => {
      expect(await found({ $filter })).toHaveLength(count)
    })

    test('and ordered by time alone', async () => {
      const times = (await found({ $orderby: 'activityDateTime asc' })).map(({ activityDateTime }) => activityDateTime)
      expect(times).toEqual([...times].sort())
      await found({ $orderby: 'jobId' }, 400)
      await found({ $filter: "shoeSize eq '41'" }, 400)
    })
  })

  test('provisions one more on demand, and tells of it in the form that a switch names', async () => {
    const { synchronizationRules } = (await sandbox.graph('GET', `${job}/schema`)).body
    const { id: objectId } = (await sandbox.graph('GET', `/users/${KNOWN_USERS.adele}`)).body
    const parameters = [{ ruleId: synchronizationRules[0].id, subjects: [{ objectId, objectTypeName: 'User' }] }]
    const ask = async () => (await sandbox.graph('POST', `${job}/provisionOnDemand`, { parameters })).body
    const [outcome] = JSON.parse((await ask()).value)
    expect(outcome.statusInfo).toMatchObject({ status: 'Skipped', errorCode: 'NotEffectivelyEntitled' })
    await sandbox.control('POST', '/settings', { onDemandReply: 'object' })
    expect(JSON.parse((await ask()).key)).toMatchObject({ result: 'Skipped' })
  })

  test('tells what was sent to the target, without secrets', async () => {
    const sent = (await sandbox.control('GET', '/sent')).body
    expect(sent[0]).toMatchObject({ method: 'POST', url: `${target.origin}/token`, status: 200 })
    expect(sent.filter(({ method, url }: Sent) => method === 'POST' && url.endsWith('/Users'))).toHaveLength(members)
    expect(sent.find(({ url }: Sent) => url.endsWith('/Users'))).toMatchObject({
      tenantId: sandbox.address.tenantId,
      body: { userName: expect.any(String), active: true },
      status: 201,
    })
    expect(JSON.stringify(sent)).not.toContain(btoa('id:secret'))
    await sandbox.control('DELETE', '/sent')
    expect((await sandbox.control('GET', '/sent')).body).toEqual([])
  })

  test('tells of a quarantine in the audit log, by the service itself', async () => {
    target.fault = () => ({ status: 401 })
    await sandbox.control('POST', '/cycle', {})
    target.fault = () => undefined
    const filter = encodeURIComponent("activityDisplayName eq 'Quarantine'")
    const { status, body } = await sandbox.graph('GET', `/auditLogs/directoryAudits?$filter=${filter}`)
    expect([status, body.value]).toMatchObject([
      200,
      [
        {
          category: 'ProvisioningManagement',
          initiatedBy: { app: { displayName: 'Azure AD Provisioning Service' } },
          targetResources: [{ id: principal.id, type: 'ServicePrincipal', displayName: 'M-Files' }],
        },
      ],
    ])
  })

  test('forgets it with a reset', async () => {
    await sandbox.control('POST', '/reset')
    expect((await sandbox.control('GET', '/health')).body).toMatchObject({ jobs: 0, users: 60 })
    expect((await sandbox.control('GET', '/cycles')).body).toEqual([])
  })
})
