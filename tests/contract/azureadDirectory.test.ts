import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { KNOWN_GROUPS, KNOWN_USERS } from '../../sandbox/directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../../sandbox/testing.ts'
import { AzureadClient, type Entity, exists, isGone } from './azureadClient.ts'

/** The requests that terraform-provider-azuread 3.9 makes for users and groups. */
let sandbox: TestSandbox
let azuread: AzureadClient
beforeAll(async () => {
  sandbox = await startTestSandbox()
  azuread = await AzureadClient.configure(sandbox)
})
afterAll(() => sandbox.close())

const reference = (id: string) => ({ '@odata.id': `${sandbox.address.graph}/v1.0/directoryObjects/${id}` })
const found = async (set: string, filter: string): Promise<Entity> =>
  (await azuread.list(`/${set}`, { $filter: filter }))[0]!

/** What the provider reads of a user beside the default properties. */
const MORE_OF_A_USER =
  'accountEnabled,ageGroup,city,companyName,consentProvidedForMinor,country,department,employeeHireDate,employeeId,employeeOrgData,employeeType,faxNumber,mailNickname,onPremisesImmutableId,otherMails,passwordPolicies,postalCode,state,streetAddress,usageLocation'

describe('users', () => {
  test('user is made with everything the provider sends, finished on beta, given a manager, changed and deleted', async () => {
    const user = await azuread.call('POST', '/users', {
      '@odata.type': '#microsoft.graph.user',
      accountEnabled: true,
      ageGroup: null,
      city: 'Tampere',
      companyName: null,
      consentProvidedForMinor: null,
      department: 'Quality',
      displayName: 'Terra Form',
      employeeId: '4711',
      employeeOrgData: { '@odata.type': '#microsoft.graph.employeeOrgData', costCenter: 'CC-1', division: null },
      employeeType: null,
      mail: null,
      mailNickname: 'terra',
      otherMails: ['terra@elsewhere.example'],
      passwordPolicies: 'DisablePasswordExpiration',
      passwordProfile: { forceChangePasswordNextSignIn: false, password: 'never kept' },
      userPrincipalName: 'terra@entrada-sandbox.example',
    })
    const path = `/users/${user.id}`
    await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.user', showInAddressList: true }, {}, 'beta')
    const patti = await found('users', "displayName eq 'Patti Fernandez'")
    await azuread.call('PUT', `${path}/manager/$ref`, reference(patti.id))
    await azuread.settled(path, exists)
    expect(await azuread.call('GET', path)).toMatchObject({ displayName: 'Terra Form', mail: null })
    expect(await azuread.call('GET', path, undefined, { $select: MORE_OF_A_USER })).toMatchObject({
      ageGroup: null,
      city: 'Tampere',
      employeeOrgData: { costCenter: 'CC-1', division: null },
      otherMails: ['terra@elsewhere.example'],
      passwordPolicies: 'DisablePasswordExpiration',
    })
    const shown = await azuread.call('GET', path, undefined, { $select: 'showInAddressList' }, 'beta')
    expect(shown.showInAddressList).toBe(true)
    expect((await azuread.call('GET', `${path}/manager`)).id).toBe(patti.id)
    const changes = {
      city: null,
      department: null,
      employeeOrgData: { '@odata.type': '#microsoft.graph.employeeOrgData', costCenter: 'CC-2', division: 'North' },
      otherMails: [],
      passwordPolicies: 'None',
      passwordProfile: { forceChangePasswordNextSignIn: true, password: 'another' },
      userPrincipalName: 'terra.form@entrada-sandbox.example',
    }
    await azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.user', ...changes })
    expect(await azuread.call('GET', path, undefined, { $select: MORE_OF_A_USER })).toMatchObject({
      city: null,
      department: null,
      employeeOrgData: { costCenter: 'CC-2', division: 'North' },
      otherMails: [],
      passwordPolicies: 'None',
    })
    await azuread.call('DELETE', `${path}/manager/$ref`)
    expect((await azuread.raw('GET', `${path}/manager`)).status).toBe(404)
    await azuread.call('DELETE', path)
    await azuread.settled(path, isGone)
  })

  test('getUsers finds by name one after the other, by id, and all of them', async () => {
    const $select = `${MORE_OF_A_USER.split(',').slice(0, 1)},displayName,id,mail,mailNickname,userPrincipalName`
    const byName = await azuread.list('/users', {
      $filter: `userPrincipalName eq '${KNOWN_USERS.grady.replace("'", "''")}'`,
      $select,
    })
    expect(byName).toMatchObject([{ id: expect.any(String), userPrincipalName: KNOWN_USERS.grady }])
    expect((await azuread.call('GET', `/users/${byName[0]!.id}`)).id).toBe(byName[0]!.id)
    const all = await azuread.list('/users', { $select, $top: '25' })
    expect(new Set(all.map(({ id }) => id)).size).toBe(60)
  })
})

describe('groups', () => {
  /** A read of the provider: the group, then who owns it, is in it, and what it is in. */
  async function read(path: string) {
    const group = await azuread.call('GET', path, undefined, {}, 'beta')
    const [owners, members, memberOf] = [
      await azuread.list(`${path}/owners`, {}, 'beta'),
      await azuread.list(`${path}/members`, {}, 'beta'),
      await azuread.list(`${path}/memberOf`, {}, 'beta'),
    ].map((objects) => objects.map(({ id }) => id))
    return { group, owners, members, memberOf }
  }

  test('group is made on beta with its owner, named twice, given members and owners, changed and deleted', async () => {
    const [adele, diego] = await Promise.all(
      [KNOWN_USERS.adele, KNOWN_USERS.diego].map((name) => azuread.call('GET', `/users/${name}`)),
    )
    const owner = await azuread.call('GET', `/directoryObjects/${azuread.callerId}`)
    expect(owner['@odata.type']).toBe('#microsoft.graph.servicePrincipal')
    const bound = `${sandbox.address.graph}/v1.0/${sandbox.address.tenantId}/directoryObjects/${azuread.callerId}`
    const made = await azuread.call(
      'POST',
      '/groups',
      {
        '@odata.type': '#microsoft.graph.group',
        description: null,
        displayName: 'Made',
        groupTypes: [],
        isAssignableToRole: false,
        mailEnabled: false,
        mailNickname: 'made',
        membershipRule: null,
        resourceBehaviorOptions: [],
        resourceProvisioningOptions: [],
        securityEnabled: true,
        'owners@odata.bind': [bound],
      },
      {},
      'beta',
    )
    const path = `/groups/${made.id}`
    const patch = (changes: object) =>
      azuread.call('PATCH', path, { '@odata.type': '#microsoft.graph.group', ...changes }, {}, 'beta')
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, 'Made']) {
      await patch({ displayName })
      await azuread.settled(path, (reply) => reply.body.displayName === displayName, 'beta')
    }
    for (const { id } of [adele, diego]) {
      const member = await azuread.call('GET', `/directoryObjects/${id}`)
      expect(member['@odata.type']).toBe('#microsoft.graph.user')
      await azuread.call('POST', `${path}/members/$ref`, reference(id))
    }
    await azuread.call('POST', `${path}/owners/$ref`, reference(adele.id))
    await azuread.call('DELETE', `${path}/owners/${azuread.callerId}/$ref`)
    const everybody = { owners: [adele.id], members: [adele.id, diego.id], memberOf: [] }
    expect(await read(path)).toMatchObject({ group: { displayName: 'Made' }, ...everybody })

    const around = await found('groups', `displayName eq '${KNOWN_GROUPS.empty}'`)
    await azuread.call('POST', `/groups/${around.id}/members/$ref`, reference(made.id))
    await patch({ description: 'Changed', displayName: 'Made anew', writebackConfiguration: { isEnabled: false } })
    expect(await read(path)).toMatchObject({
      group: { description: 'Changed', displayName: 'Made anew', writebackConfiguration: { isEnabled: false } },
      ...everybody,
      memberOf: [around.id],
    })
    await azuread.call('DELETE', `${path}/members/${diego.id}/$ref`)
    expect((await read(path)).members).toEqual([adele.id])
    await azuread.call('DELETE', path)
    await azuread.settled(path, isGone)
  })

  test('getGroups finds on beta by name, by the beginning of it, and by id', async () => {
    const list = (query: Record<string, string>) => azuread.list('/groups', query, 'beta')
    const [group] = await list({ $filter: `displayName eq '${KNOWN_GROUPS.mfilesUsers}'` })
    expect((await azuread.call('GET', `/groups/${group!.id}`, undefined, {}, 'beta')).securityEnabled).toBe(true)
    const begins = await list({ $filter: "startsWith(displayName,'M-Files') and securityEnabled eq true" })
    expect(begins.map(({ displayName }) => displayName)).toContain(KNOWN_GROUPS.mfilesProjectLeads)
  })
})
