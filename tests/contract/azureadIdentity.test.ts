import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { gitHubCredentials } from '../../components/federation.ts'
import { permissionsFor } from '../../provider/graph/neededPermissions.ts'
import { KNOWN_GROUPS, KNOWN_USERS } from '../../sandbox/directory/known.ts'
import { GRAPH_APP_ID } from '../../sandbox/templates/graphPermissions.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { AzureadClient, type Entity, exists, isGone } from './azureadClient.ts'

/**
 * The requests that terraform-provider-azuread 3.9 makes for the resources of `AutomationIdentity`, and then, signed in
 * as that identity, for those of `ManagedGroups`.
 */
let sandbox: TestSandbox
let admin: AzureadClient
beforeAll(async () => {
  sandbox = await startTestSandbox()
  admin = await AzureadClient.configure(sandbox)
})
afterAll(() => sandbox.close())

const [credential] = gitHubCredentials({
  repository: 'contoso/tenants',
  environments: ['contoso'],
  branches: [],
  pullRequests: false,
})
const permissions = permissionsFor(['assignments', 'managedGroups', 'log'])

const objectUrl = (id: string) => `${sandbox.address.graph}/v1.0/${sandbox.address.tenantId}/directoryObjects/${id}`

async function graphPrincipal(): Promise<Entity> {
  const [graph] = await admin.list('/servicePrincipals', { $filter: `appId eq '${GRAPH_APP_ID}'` })
  await admin.call('GET', `/servicePrincipals/${graph!.id}`, undefined, { $select: 'samlMetadataUrl' }, 'beta')
  return graph!
}

/** What a job in GitHub presents; its issuer cannot be reached from here, so the sandbox believes it. */
function assertion(claims: Record<string, unknown>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const { issuer, subject } = credential!
  const payload = { iss: issuer, sub: subject, aud: 'api://AzureADTokenExchange', nbf: now, exp: now + 300, ...claims }
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(payload)}.${Buffer.from('x').toString('base64url')}`
}

const signIn = (clientId: string, claims: Record<string, unknown> = {}) =>
  AzureadClient.configure(sandbox, {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion(claims),
  })

async function makeIdentity(displayName: string, signInAudience: string): Promise<{ application: Entity; id: string }> {
  const graph = await graphPrincipal()
  const ids = permissions.map(({ value }) => graph.appRoles.find((role: { value: string }) => role.value === value)!.id)
  expect(await admin.list('/applications', { $filter: `displayName eq '${displayName}'` })).toEqual([])
  const application = await admin.call('POST', '/applications', {
    '@odata.type': '#microsoft.graph.application',
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      requestedAccessTokenVersion: 1,
    },
    appRoles: [],
    displayName: `TERRAFORM_UPDATE_${randomUUID()}`,
    requiredResourceAccess: [{ resourceAppId: GRAPH_APP_ID, resourceAccess: ids.map((id) => ({ id, type: 'Role' })) }],
    signInAudience,
    web: { homePageUrl: null, redirectUris: ['https://entra.microsoft.com/'] },
    'owners@odata.bind': [objectUrl(admin.callerId)],
  })
  const path = `/applications/${application.id}`
  await admin.call('PATCH', path, { '@odata.type': '#microsoft.graph.application', displayName })
  await admin.call('DELETE', `${path}/owners/${admin.callerId}/$ref`)
  expect(await admin.call('GET', path)).toMatchObject({
    displayName,
    signInAudience,
    requiredResourceAccess: [{ resourceAppId: GRAPH_APP_ID, resourceAccess: { length: permissions.length } }],
    web: { redirectUris: ['https://entra.microsoft.com/'] },
  })
  expect(await admin.list(`${path}/owners`)).toEqual([])
  expect(await admin.list('/servicePrincipals', { $filter: `appId eq '${application.appId}'` })).toEqual([])
  const { id } = await admin.call('POST', '/servicePrincipals', {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    accountEnabled: true,
    appId: application.appId,
    'owners@odata.bind': [objectUrl(admin.callerId)],
  })
  await admin.call('DELETE', `/servicePrincipals/${id}/owners/${admin.callerId}/$ref`)
  return { application, id }
}

test('an application for other tenants keeps its audience and what it requires', async () => {
  const { application } = await makeIdentity('For customers', 'AzureADMultipleOrgs')
  await admin.call('DELETE', `/applications/${application.id}`)
  await admin.settled(`/applications/${application.id}`, isGone)
})

test('a job in GitHub signs in by its own token, may do what it was granted, and makes groups that it owns', async () => {
  const { application, id } = await makeIdentity('Automation', 'AzureADMyOrg')
  const credentials = `/applications/${application.id}/federatedIdentityCredentials`
  await admin.call('GET', `/applications/${application.id}`)
  const { name, issuer, subject, description } = credential!
  const audiences = ['api://AzureADTokenExchange']
  const made = await admin.call('POST', credentials, { audiences, description, issuer, name, subject })
  expect((await admin.list(credentials)).map((one) => one.id)).toEqual([made.id])
  expect(await admin.call('GET', `${credentials}/${made.id}`)).toMatchObject({ name, issuer, subject, audiences })

  expect((await signIn(application.appId)).roles).toEqual([])
  const graph = await graphPrincipal()
  for (const { value } of permissions) {
    await admin.call('GET', `/servicePrincipals/${graph.id}`)
    const granted = await admin.call('POST', `/servicePrincipals/${graph.id}/appRoleAssignedTo`, {
      '@odata.type': '#microsoft.graph.appRoleAssignment',
      appRoleId: graph.appRoles.find((role: { value: string }) => role.value === value)!.id,
      principalId: id,
      resourceId: graph.id,
    })
    expect(await admin.call('GET', `/servicePrincipals/${graph.id}/appRoleAssignedTo/${granted.id}`)).toMatchObject({
      principalType: 'ServicePrincipal',
      resourceDisplayName: 'Microsoft Graph',
    })
  }
  const automation = await signIn(application.appId)
  expect([...automation.roles].sort()).toEqual(permissions.map(({ value }) => value).sort())
  await expect(signIn(application.appId, { sub: subject.replace('contoso', 'Contoso') })).rejects.toThrow(
    'AADSTS700213',
  )

  const [user] = await automation.list('/users', { $filter: `userPrincipalName eq '${KNOWN_USERS.adele}'` })
  const [known] = await automation.list('/groups', { $filter: `displayName eq '${KNOWN_GROUPS.mfilesUsers}'` }, 'beta')
  const group = await makeGroup(automation, 'Made by the automation', {})
  for (const member of [user!, known!]) {
    await automation.call('GET', `/directoryObjects/${member.id}`)
    await automation.call('POST', `/groups/${group.id}/members/$ref`, { '@odata.id': objectUrl(member.id) })
  }
  expect((await automation.list(`/groups/${group.id}/members`)).map((one) => one.id)).toEqual([user!.id, known!.id])
  expect((await automation.list(`/groups/${group.id}/owners`)).map((one) => one.id)).toEqual([automation.callerId])
  const rule = 'user.department -eq "Sales"'
  const dynamic = await makeGroup(automation, 'By rule', {
    groupTypes: ['DynamicMembership'],
    membershipRule: rule,
    membershipRuleProcessingState: 'On',
  })
  expect(await automation.call('GET', `/groups/${dynamic.id}`, undefined, {}, 'beta')).toMatchObject({
    groupTypes: ['DynamicMembership'],
    membershipRule: rule,
  })
  for (const one of [group, dynamic]) {
    await automation.call('DELETE', `/groups/${one.id}`)
    await automation.settled(`/groups/${one.id}`, isGone)
  }
  expect((await automation.raw('DELETE', `/groups/${known!.id}`)).status).toBe(403)

  await admin.call('DELETE', `${credentials}/${made.id}`)
  expect(await admin.list(credentials)).toEqual([])
  await expect(signIn(application.appId)).rejects.toThrow('AADSTS70021')
})

async function makeGroup(client: AzureadClient, displayName: string, more: object): Promise<Entity> {
  expect(await client.list('/groups', { $filter: `displayName eq '${displayName}'` }, 'beta')).toEqual([])
  const owner = await client.call('GET', `/directoryObjects/${client.callerId}`)
  expect(owner['@odata.type']).toBe('#microsoft.graph.servicePrincipal')
  const group = await client.call(
    'POST',
    '/groups',
    {
      '@odata.type': '#microsoft.graph.group',
      description: null,
      displayName,
      groupTypes: [],
      isAssignableToRole: false,
      mailEnabled: false,
      mailNickname: randomUUID().slice(0, 10),
      membershipRule: null,
      resourceBehaviorOptions: [],
      resourceProvisioningOptions: [],
      securityEnabled: true,
      'owners@odata.bind': [objectUrl(client.callerId)],
      ...more,
    },
    {},
    'beta',
  )
  const path = `/groups/${group.id}`
  for (const name of [`TERRAFORM_UPDATE_${randomUUID()}`, displayName]) {
    await client.call('PATCH', path, { '@odata.type': '#microsoft.graph.group', displayName: name }, {}, 'beta')
  }
  await client.settled(path, exists, 'beta')
  return group
}
