import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MFILES_TEMPLATE } from '../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../testing.ts'

let sandbox: TestSandbox
let app: {
  application: { id: string }
  servicePrincipal: { id: string; appRoles: { id: string; displayName: string }[] }
}
beforeAll(async () => {
  sandbox = await startTestSandbox()
  const { body } = await sandbox.graph('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
    displayName: 'Vault',
  })
  app = body
})
afterAll(() => sandbox.close())

/** Names of what was done to an object, the newest first. @throws for an answer that is not of Graph's types */
async function activities(id: string, more = '') {
  const filter = `targetResources/any(t:t/id eq '${id}')${more}`
  const { status, body } = await sandbox.graph(
    'GET',
    `/auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`,
  )
  expect(status).toBe(200)
  return body.value
}
const names = async (id: string, more = '') =>
  (await activities(id, more)).map((one: { activityDisplayName: string }) => one.activityDisplayName)

test('what is done to an application and its provisioning is told under the names that Entra has for it', async () => {
  const { id } = app.servicePrincipal
  const base = `/servicePrincipals/${id}`
  const sync = `${base}/synchronization`
  await sandbox.graph('PATCH', base, { notes: 'ours' })
  const { body: job } = await sandbox.graph('POST', `${sync}/jobs`, { templateId: 'mfiles' })
  await sandbox.graph('PUT', `${sync}/secrets`, { value: [{ key: 'SyncAll', value: 'true' }] })
  const { body: schema } = await sandbox.graph('GET', `${sync}/jobs/${job.id}/schema`)
  await sandbox.graph('PUT', `${sync}/jobs/${job.id}/schema`, schema)
  for (const action of ['start', 'pause', 'restart']) await sandbox.graph('POST', `${sync}/jobs/${job.id}/${action}`)
  await sandbox.graph('DELETE', `${sync}/jobs/${job.id}`)
  expect(await names(id)).toEqual([
    'Delete provisioning configuration',
    'Enable/restart provisioning configuration',
    'Disable/pause provisioning configuration',
    'Enable/start provisioning configuration',
    'Update attribute mappings or scope',
    'Update provisioning setting or credentials',
    'Add provisioning configuration',
    'Update service principal',
    'Add service principal',
  ])
  const [update] = await activities(id, " and activityDisplayName eq 'Update service principal'")
  expect(update).toMatchObject({
    category: 'ApplicationManagement',
    loggedByService: 'Core Directory',
    result: 'success',
    initiatedBy: { user: null, app: { displayName: 'Entrada automation', appId: expect.any(String) } },
    targetResources: [
      {
        id,
        type: 'ServicePrincipal',
        displayName: 'Vault',
        modifiedProperties: [{ displayName: 'notes', oldValue: 'null', newValue: '"ours"' }],
      },
    ],
  })
  expect(await names(app.application.id)).toEqual(['Add application'])
})

test('who gets and loses a role: both are targets, and what is gone keeps its name', async () => {
  const { id, appRoles } = app.servicePrincipal
  const { value } = (await sandbox.graph('GET', '/users?$top=1')).body
  const body = {
    principalId: value[0].id,
    resourceId: id,
    appRoleId: appRoles.find(({ displayName }) => displayName === 'User')!.id,
  }
  const { body: made } = await sandbox.graph('POST', `/servicePrincipals/${id}/appRoleAssignedTo`, body)
  await sandbox.graph('DELETE', `/servicePrincipals/${id}/appRoleAssignedTo/${made.id}`)
  const [lost, got] = await activities(value[0].id)
  expect([got.activityDisplayName, lost.activityDisplayName]).toEqual([
    'Add app role assignment grant to user',
    'Remove app role assignment from user',
  ])
  expect(lost.targetResources).toMatchObject([
    { id, type: 'ServicePrincipal' },
    { id: value[0].id, type: 'User', userPrincipalName: value[0].userPrincipalName },
  ])
})

test('what is refused, and what only reads, is not told; by time and by caller it is found', async () => {
  const { id } = app.servicePrincipal
  const before = (await activities(id)).length
  await sandbox.graph('PATCH', `/servicePrincipals/${id}`, { shoeSize: 41 })
  await sandbox.graph('GET', `/servicePrincipals/${id}`)
  expect(await activities(id)).toHaveLength(before)
  expect(await names(id, ' and activityDateTime ge 2100-01-01T00:00:00Z')).toEqual([])
  expect((await names(id, " and initiatedBy/app/displayName eq 'Entrada automation'")).length).toBe(before)
  const { status } = await sandbox.graph('GET', '/auditLogs/directoryAudits?$orderby=category')
  expect(status).toBe(400)
})

test('it takes AuditLog.Read.All, and is kept for as many days as is set', async () => {
  const authorization = `Bearer ${await sandbox.tokenWith(['Directory.Read.All', 'ProvisioningLog.Read.All'])}`
  expect((await sandbox.send('GET', '/v1.0/auditLogs/directoryAudits', undefined, { authorization })).status).toBe(403)
  const { id } = app.servicePrincipal
  await sandbox.control('POST', '/clock', { advanceSeconds: 8 * 86_400 })
  expect((await activities(id)).length).toBeGreaterThan(0)
  await sandbox.control('POST', '/settings', { auditRetentionDays: 7 })
  expect(await activities(id)).toEqual([])
})
