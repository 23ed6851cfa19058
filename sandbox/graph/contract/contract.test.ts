import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { templateSchema } from '../../../sync/defaults/templates.ts'
import { createProvisioning } from '../../provisioning/service.ts'
import { MFILES_TEMPLATE, NON_GALLERY_TEMPLATE } from '../../templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../testing.ts'
import { problemsOf } from './validate.ts'

const ID = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
let sandbox: TestSandbox
const made: Record<
  string,
  { application: { id: string }; servicePrincipal: { id: string; appRoles: { id: string }[] }; jobId: string }
> = {}

beforeAll(async () => {
  sandbox = await startTestSandbox({ createProvisioning, templateSchema })
  for (const [name, template] of Object.entries({ mfiles: MFILES_TEMPLATE, scim: NON_GALLERY_TEMPLATE })) {
    const { body } = await sandbox.graph('POST', `/applicationTemplates/${template}/instantiate`, { displayName: name })
    const job = await sandbox.graph('POST', `/servicePrincipals/${body.servicePrincipal.id}/synchronization/jobs`, {
      templateId: name,
    })
    made[name] = { ...body, jobId: job.body.id }
  }
})
afterAll(() => sandbox.close())

const get = async (path: string) => {
  const reply = await sandbox.graph('GET', path)
  expect([reply.status, reply.body.error]).toEqual([200, undefined])
  return reply.body
}

describe('answers hold to the metadata of Graph v1.0', () => {
  test.each([
    ['applicationTemplate', '/applicationTemplates'],
    ['application', '/applications'],
    ['servicePrincipal', '/servicePrincipals'],
    ['user', '/users?$select=*'],
    ['user', '/users'],
    ['group', '/groups'],
    ['subscribedSku', '/subscribedSkus'],
  ])('%s of %s', async (type, path) => {
    const { value } = await get(path)
    expect(value.length).toBeGreaterThan(0)
    expect(value.flatMap((item: unknown) => problemsOf(type, item))).toEqual([])
  })

  test.each(['mfiles', 'scim'])('what is below synchronization of %s', async (name) => {
    const { servicePrincipal, jobId } = made[name]!
    const base = `/servicePrincipals/${servicePrincipal.id}/synchronization`
    const { value: templates } = await get(`${base}/templates`)
    expect(templates.flatMap((item: unknown) => problemsOf('synchronizationTemplate', item))).toEqual([])
    expect(problemsOf('synchronizationJob', await get(`${base}/jobs/${jobId}`))).toEqual([])
    expect(problemsOf('synchronizationSchema', await get(`${base}/jobs/${jobId}/schema`))).toEqual([])
    expect(problemsOf('synchronizationSchema', await get(`${base}/templates/${templates[0].id}/schema`))).toEqual([])
    await sandbox.graph('PUT', `${base}/secrets`, { value: [{ key: 'SyncAll', value: 'true' }] })
    const { value: secrets } = await get(`${base}/secrets`)
    expect(secrets.flatMap((item: unknown) => problemsOf('synchronizationSecretKeyStringValuePair', item))).toEqual([])
  })

  test('a job in quarantine, after a cycle without credentials', async () => {
    const { servicePrincipal, jobId } = made.mfiles!
    await sandbox.graph('POST', `/servicePrincipals/${servicePrincipal.id}/synchronization/jobs/${jobId}/start`)
    await sandbox.control('POST', '/cycle', { jobId })
    const job = await get(`/servicePrincipals/${servicePrincipal.id}/synchronization/jobs/${jobId}`)
    expect(job.status.code).toBe('Quarantine')
    expect(problemsOf('synchronizationJob', job)).toEqual([])
  })

  test('app role assignments', async () => {
    const { servicePrincipal } = made.mfiles!
    const { value: users } = await get('/users?$top=1')
    const body = {
      principalId: users[0].id,
      resourceId: servicePrincipal.id,
      appRoleId: servicePrincipal.appRoles[0]!.id,
    }
    await sandbox.graph('POST', `/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`, body)
    const { value } = await get(`/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`)
    expect(value.flatMap((item: unknown) => problemsOf('appRoleAssignment', item))).toEqual([])
  })
})

describe('the check itself', () => {
  test.each([
    ['an unknown member', 'user', { id: 'x', shoeSize: 41 }, ['user.shoeSize does not exist']],
    ['a wrong type', 'user', { accountEnabled: 'yes' }, ['user.accountEnabled is "yes", not Edm.Boolean']],
    ['null where none may be', 'servicePrincipal', { tags: null }, ['servicePrincipal.tags is not a collection']],
    [
      'a name out of its enum',
      'synchronizationSchedule',
      { interval: 'PT40M', state: 'On' },
      ['synchronizationSchedule.state is On, not one of Active, Disabled, Paused'],
    ],
    ['what a complex type lacks', 'appRole', { id: ID, isEnabled: true }, ['appRole.allowedMemberTypes is missing']],
    ['an id of another type', 'resourceAccess', { id: 'x' }, ['resourceAccess.id is "x", not Edm.Guid']],
    [
      'a day that no calendar has',
      'application',
      { createdDateTime: '2026-13-01T00:00:00Z' },
      ['application.createdDateTime is "2026-13-01T00:00:00Z", not Edm.DateTimeOffset'],
    ],
    ['a name that every object has', 'user', { constructor: 1 }, ['user.constructor does not exist']],
    ['nothing where all is well', 'user', { '@odata.context': 'x', id: 'x', mail: null }, []],
  ])('finds %s', (_, type, value, expected) => {
    expect(problemsOf(type, value)).toEqual(expected)
  })
})
