import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../../sandbox/directory/known.ts'
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { MFILES_SYNCHRONIZATION_TEMPLATE, MFILES_TEMPLATE } from '../../sandbox/templates/gallery.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { SCIM_RULE_ID, templateSchema } from '../../sync/defaults/templates.ts'
import { AzureadClient, type Entity, exists, isGone } from './azureadClient.ts'

/**
 * The requests that terraform-provider-azuread 3.9 (and so @pulumi/azuread 6) makes for a resource, in its order and
 * with its headers, bodies and waits; each must get what that client accepts.
 */
let sandbox: TestSandbox
let azuread: AzureadClient
beforeAll(async () => {
  sandbox = await startTestSandbox({ createProvisioning, templateSchema })
  azuread = await AzureadClient.configure(sandbox)
})
afterAll(() => sandbox.close())

const reference = (id: string) => ({ '@odata.id': `${sandbox.address.graph}/v1.0/directoryObjects/${id}` })
const found = async (set: string, filter: string): Promise<Entity> =>
  (await azuread.list(`/${set}`, { $filter: filter }))[0]!

async function instantiate(displayName: string): Promise<{ application: Entity; servicePrincipal: Entity }> {
  const made = await azuread.call('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName })
  await azuread.settled(`/applications/${made.application.id}`, exists)
  return made
}

describe('application_from_template', () => {
  test('is created, read, renamed and deleted, and its service principal goes with it', async () => {
    const template = await found('applicationTemplates', "displayName eq 'M-Files'")
    expect(template).toMatchObject({ id: MFILES_TEMPLATE, supportedProvisioningTypes: ['sync'] })
    const { application, servicePrincipal } = await instantiate('From template')
    const path = `/applications/${application.id}`
    expect((await azuread.call('GET', path)).displayName).toBe('From template')
    await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.application', displayName: 'Renamed' })
    expect((await azuread.call('GET', path)).displayName).toBe('Renamed')
    await azuread.call('DELETE', path)
    expect((await azuread.raw('GET', path)).status).toBe(404)
    expect((await azuread.raw('GET', `/servicePrincipals/${servicePrincipal.id}`)).status).toBe(404)
  })
})

describe('application', () => {
  test('with a template is instantiated under a passing name and then written whole', async () => {
    await azuread.call('GET', `/applicationTemplates/${MFILES_TEMPLATE}`)
    const displayName = `TERRAFORM_INSTANTIATE_${randomUUID()}`
    await azuread.call('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, { displayName })
    const application = await found(
      'applications',
      `applicationTemplateId eq '${MFILES_TEMPLATE}' and displayName eq '${displayName}'`,
    )
    await azuread.settled(`/applications/${application.id}`, exists)
    const principal = await found('servicePrincipals', `appId eq '${application.appId}'`)
    expect(principal.applicationTemplateId).toBe(MFILES_TEMPLATE)
    const disabled = application.api.oauth2PermissionScopes.map((scope: object) => ({ ...scope, isEnabled: false }))
    await azuread.call('PATCH', `/applications/${application.id}`, {
      '@odata.type': '#microsoft.graph.application',
      api: { oauth2PermissionScopes: disabled },
    })
    await azuread.call('PATCH', `/applications/${application.id}`, {
      '@odata.type': '#microsoft.graph.application',
      api: { acceptMappedClaims: null, knownClientApplications: [], oauth2PermissionScopes: [] },
      appRoles: application.appRoles,
      defaultRedirectUri: null,
      description: null,
      displayName: 'Managed',
      groupMembershipClaims: null,
      identifierUris: ['api://managed'],
      info: { marketingUrl: null, supportUrl: null },
      isDeviceOnlyAuthSupported: false,
      isFallbackPublicClient: false,
      notes: null,
      optionalClaims: { accessToken: [], idToken: [], saml2Token: [] },
      publicClient: { redirectUris: [] },
      requiredResourceAccess: [],
      serviceManagementReference: null,
      signInAudience: 'AzureADMyOrg',
      spa: { redirectUris: [] },
      tags: ['HideApp'],
      web: { homePageUrl: null, redirectUris: [], implicitGrantSettings: { enableAccessTokenIssuance: false } },
    })
    expect(await azuread.call('GET', `/applications/${application.id}`)).toMatchObject({
      displayName: 'Managed',
      identifierUris: ['api://managed'],
      tags: ['HideApp'],
    })
    const more = await azuread.call(
      'GET',
      `/applications/${application.id}`,
      undefined,
      { $select: 'oauth2RequirePostResponse' },
      'beta',
    )
    expect(more.oauth2RequirePostResponse).toBe(false)
    expect(await azuread.list(`/applications/${application.id}/owners`)).toEqual([])
    await azuread.call('DELETE', `/applications/${application.id}`)
    await azuread.settled(`/applications/${application.id}`, isGone)
  })

  test('without one is made with the caller as owner, renamed twice, and left to its configured owners', async () => {
    const adele = await azuread.call('GET', `/users/${KNOWN_USERS.adele}`)
    const application = await azuread.call('POST', '/applications', {
      '@odata.type': '#microsoft.graph.application',
      displayName: 'Plain',
      'owners@odata.bind': [reference(azuread.callerId)['@odata.id']],
    })
    const path = `/applications/${application.id}`
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, 'Plain']) {
      await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.application', displayName })
    }
    await azuread.call('PATCH', path, { oauth2RequirePostResponse: true }, {}, 'beta')
    await azuread.call('POST', `${path}/owners/$ref`, reference(adele.id))
    await azuread.call('DELETE', `${path}/owners/${azuread.callerId}/$ref`)
    expect(await azuread.list(`${path}/owners`)).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id: adele.id },
    ])
  })
})

test('service_principal is made for an application, written, owned and deleted', async () => {
  const application = await azuread.call('POST', '/applications', { displayName: 'Backed' })
  expect(await azuread.list('/servicePrincipals', { $filter: `appId eq '${application.appId}'` })).toEqual([])
  const principal = await azuread.call('POST', '/servicePrincipals', {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    accountEnabled: true,
    alternativeNames: [],
    appId: application.appId,
    appRoleAssignmentRequired: false,
    description: `TERRAFORM_UPDATE_${randomUUID()}`,
    loginUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    tags: [],
    'owners@odata.bind': [reference(azuread.callerId)['@odata.id']],
  })
  const path = `/servicePrincipals/${principal.id}`
  await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.servicePrincipal', description: null })
  await azuread.call('DELETE', `${path}/owners/${azuread.callerId}/$ref`)
  expect((await azuread.call('GET', path)).description).toBeNull()
  const more = await azuread.call('GET', path, undefined, { $select: 'samlMetadataUrl' }, 'beta')
  expect(more).toHaveProperty('samlMetadataUrl')
  expect(await azuread.list(`${path}/owners`)).toEqual([])
  await azuread.call('DELETE', path)
  await azuread.settled(path, isGone)
})

test('service_principal with use_existing takes over the one that an application from the gallery has', async () => {
  const { application, servicePrincipal } = await instantiate('Existing')
  const existing = await found('servicePrincipals', `appId eq '${application.appId}'`)
  expect(existing.id).toBe(servicePrincipal.id)
  const path = `/servicePrincipals/${existing.id}`
  const properties = {
    accountEnabled: true,
    alternativeNames: [],
    appRoleAssignmentRequired: true,
    description: null,
    loginUrl: 'https://mfiles.example/',
    notes: 'managed',
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: 'saml',
    samlSingleSignOnSettings: { relayState: '/home' },
    tags: existing.tags,
  }
  await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.servicePrincipal', ...properties })
  expect(await azuread.call('GET', path)).toMatchObject({ ...properties, appRoles: existing.appRoles })
  await azuread.call('GET', path, undefined, { $select: 'samlMetadataUrl' }, 'beta')
  await azuread.call('DELETE', path)
})

describe('synchronization', () => {
  let base: string
  beforeAll(async () => {
    base = `/servicePrincipals/${(await instantiate('Synchronized')).servicePrincipal.id}/synchronization`
  })

  test('secret: the number of keys listed is the number sent, until they are blanked', async () => {
    const value = [
      { key: 'BaseAddress', value: 'https://scim.example/scim' },
      { key: 'SecretToken', value: 'hidden' },
      { key: 'SyncAll', value: 'false' },
    ]
    const listed = async (): Promise<{ key: string; value: string }[]> =>
      (await azuread.call('GET', `${base}/secrets`)).value
    await azuread.call('PUT', `${base}/secrets`, { value })
    await azuread.settled(`${base}/secrets`, (reply) => reply.body.value.length === value.length)
    expect(await listed()).toEqual([value[0], { key: 'SecretToken', value: '*' }, value[2]])
    await azuread.call('PUT', `${base}/secrets`, { value: value.map(({ key }) => ({ key, value: '' })) })
    await azuread.settled(`${base}/secrets`, (reply) => reply.body.value.length === 0)
  })

  test('job: made, started, paused and deleted; it always shows a schedule', async () => {
    await azuread.call('GET', base.replace('/synchronization', ''))
    const { id } = await azuread.call('POST', `${base}/jobs`, {
      '@odata.type': '#microsoft.graph.synchronizationJob',
      templateId: MFILES_SYNCHRONIZATION_TEMPLATE,
    })
    const path = `${base}/jobs/${id}`
    await azuread.settled(path, exists)
    await azuread.call('POST', `${path}/start`)
    const { schedule } = await azuread.call('GET', path)
    expect(schedule).toMatchObject({ state: 'Active', interval: expect.any(String) })
    await azuread.call('POST', `${path}/pause`)
    expect((await azuread.call('GET', path)).schedule.state).not.toBe('Active')
    await azuread.call('DELETE', path)
    await azuread.settled(path, isGone)
  })

  test('job_provision_on_demand: the job is read, and its rule asked for a user', async () => {
    const surface = await startTestSandbox({ templateSchema })
    try {
      const client = await AzureadClient.configure(surface)
      const { servicePrincipal } = await client.call('POST', `/applicationTemplates/${MFILES_TEMPLATE}/instantiate`, {
        displayName: 'On demand',
      })
      const principal = `/servicePrincipals/${servicePrincipal.id}`
      const jobs = `${principal}/synchronization/jobs`
      const job = `${jobs}/${(await client.call('POST', jobs, { templateId: MFILES_SYNCHRONIZATION_TEMPLATE })).id}`
      const user = await client.call('GET', `/users/${KNOWN_USERS.adele}`)
      await client.call('GET', principal)
      await client.call('GET', job)
      const outcome = await client.call('POST', `${job}/provisionOnDemand`, {
        parameters: [{ subjects: [{ objectId: user.id, objectTypeName: 'User' }], ruleId: SCIM_RULE_ID }],
      })
      expect(outcome).toMatchObject({ key: expect.any(String), value: expect.any(String) })
    } finally {
      await surface.close()
    }
  })

  test('a template of another application is refused at once, since the client would ask 409 and 403 again', async () => {
    const reply = await azuread.raw('POST', `${base}/jobs`, { templateId: 'nothing' })
    expect([403, 409]).not.toContain(reply.status)
    expect(reply.body.error).toMatchObject({ code: expect.any(String), message: expect.stringContaining('mfiles') })
  })
})

test('app_role_assignment is made for the resource, read by its id and deleted; a twin is refused in known words', async () => {
  const { servicePrincipal } = await instantiate('Assigned')
  const group = await found('groups', `displayName eq '${KNOWN_GROUPS.mfilesUsers}'`)
  await azuread.call('GET', `/servicePrincipals/${servicePrincipal.id}`)
  const path = `/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`
  const body = {
    '@odata.type': '#microsoft.graph.appRoleAssignment',
    appRoleId: servicePrincipal.appRoles[0].id,
    principalId: group.id,
    resourceId: servicePrincipal.id,
  }
  const assignment = await azuread.call('POST', path, body)
  expect(await azuread.call('GET', `${path}/${assignment.id}`)).toMatchObject({
    principalType: 'Group',
    principalDisplayName: KNOWN_GROUPS.mfilesUsers,
    resourceDisplayName: 'Assigned',
  })
  const twin = await azuread.raw('POST', path, body)
  expect([twin.status, twin.body.error.message]).toEqual([
    400,
    'Permission being assigned already exists on the object',
  ])
  await azuread.call('DELETE', `${path}/${assignment.id}`)
  expect((await azuread.raw('GET', `${path}/${assignment.id}`)).status).toBe(404)
})
