import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { KNOWN_USERS } from '../directory/known.ts'
import { startTestSandbox, type TestSandbox } from '../testing.ts'

const SCOPE = { id: '0f4a1a52-8f6c-4f5e-9d0a-3d5b6f1c2e01', isEnabled: true, type: 'User', value: 'files.read' }
const CLIENT = '5b2d9a30-6f1e-4f0b-8b7a-1c3e5d7f9a11'
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => sandbox.control('POST', '/reset'))

const get = async (path: string) => (await sandbox.graph('GET', path)).body
const patch = (path: string, body: object) => sandbox.graph('PATCH', path, body)
const application = async (more = {}) => {
  const { body } = await sandbox.graph('POST', '/applications', { displayName: 'Written', ...more })
  return { ...body, path: `/applications/${body.id}` }
}

describe('structured properties', () => {
  test('are whole from the beginning', async () => {
    const { path } = await application()
    expect(await get(path)).toMatchObject({
      api: {
        acceptMappedClaims: null,
        knownClientApplications: [],
        oauth2PermissionScopes: [],
        preAuthorizedApplications: [],
        requestedAccessTokenVersion: null,
      },
      info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
      publicClient: { redirectUris: [] },
      spa: { redirectUris: [] },
      web: {
        homePageUrl: null,
        implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
        logoutUrl: null,
        redirectUris: [],
        redirectUriSettings: [],
      },
    })
  })

  test('keep the members that a write does not name, at any depth; a list is replaced whole', async () => {
    const { path } = await application({ web: { redirectUris: ['https://a.example/', 'https://b.example/'] } })
    await patch(path, { api: { oauth2PermissionScopes: [SCOPE] } })
    await patch(path, { api: { knownClientApplications: [CLIENT] } })
    await patch(path, { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } })
    await patch(path, { web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } })
    await patch(path, { web: { homePageUrl: 'https://home.example', redirectUris: ['https://c.example/'] } })
    expect(await get(path)).toMatchObject({
      api: { oauth2PermissionScopes: [SCOPE], knownClientApplications: [CLIENT] },
      web: {
        homePageUrl: 'https://home.example',
        implicitGrantSettings: { enableAccessTokenIssuance: true, enableIdTokenIssuance: true },
        redirectUris: ['https://c.example/'],
      },
    })
  })

  test('are cleared by null, a member or the whole', async () => {
    const { path } = await application({ info: { supportUrl: 'https://s.example', marketingUrl: 'https://m.example' } })
    await patch(path, { info: { supportUrl: null } })
    expect((await get(path)).info).toMatchObject({ supportUrl: null, marketingUrl: 'https://m.example' })
    await patch(path, { info: null, optionalClaims: { idToken: [] } })
    await patch(path, { optionalClaims: null })
    expect(await get(path)).toMatchObject({ info: { marketingUrl: null }, optionalClaims: null })
  })

  test('of a user, too; and annotations are not kept', async () => {
    const path = `/users/${KNOWN_USERS.adele}`
    await patch(path, { employeeOrgData: { '@odata.type': '#microsoft.graph.employeeOrgData', costCenter: 'CC-1' } })
    await patch(path, { employeeOrgData: { division: 'North' } })
    await patch(path, { onPremisesExtensionAttributes: { extensionAttribute1: 'a', extensionAttribute2: 'b' } })
    await patch(path, { onPremisesExtensionAttributes: { extensionAttribute2: null } })
    const shown = await get(`${path}?$select=employeeOrgData,onPremisesExtensionAttributes`)
    expect(shown.employeeOrgData).toEqual({ costCenter: 'CC-1', division: 'North' })
    expect(shown.onPremisesExtensionAttributes).toMatchObject({ extensionAttribute1: 'a', extensionAttribute2: null })
    await patch(path, { onPremisesExtensionAttributes: null })
    const { onPremisesExtensionAttributes } = await get(`${path}?$select=onPremisesExtensionAttributes`)
    expect(onPremisesExtensionAttributes).toMatchObject({ extensionAttribute1: null, extensionAttribute15: null })
  })
})

describe('a write is refused', () => {
  test.each([
    [{ web: { redirectUris: null } }, 'web.redirectUris is not a collection'],
    [{ web: { homepage: 'https://x.example' } }, 'web.homepage does not exist'],
    [{ web: [] }, 'web is not an object'],
    [{ web: 'https://x.example' }, 'web is not an object'],
    [{ api: { constructor: 1 } }, 'api.constructor does not exist'],
    [{ appRoles: [{ id: CLIENT, isEnabled: true }] }, 'appRoles[0].allowedMemberTypes is missing'],
    [{ appRoles: [{ id: 'x', isEnabled: true, allowedMemberTypes: ['User'] }] }, 'appRoles[0].id is "x", not Edm.Guid'],
    [{ requestSignatureVerification: {} }, 'requestSignatureVerification.isSignedRequestRequired is missing'],
  ])('that says %j', async (changes, problem) => {
    const { path } = await application()
    const { status, body } = await patch(path, changes)
    const [name] = Object.keys(changes)
    expect([status, body.error.message]).toEqual([
      400,
      `Invalid value specified for property '${name}' of resource 'Application': application.${problem}.`,
    ])
  })

  const READ_ONLY = {
    user: {
      assignedLicenses: [{ disabledPlans: [], skuId: CLIENT }],
      onPremisesSyncEnabled: true,
      proxyAddresses: ['SMTP:a@b.example'],
      signInActivity: { lastSignInRequestId: CLIENT },
      securityIdentifier: 'S-1-12-1',
    },
    group: { mail: 'a@b.example', proxyAddresses: ['SMTP:a@b.example'], onPremisesSyncEnabled: true },
    application: { publisherDomain: 'x.example', passwordCredentials: [{ displayName: 'x' }] },
    servicePrincipal: { appDisplayName: 'x', servicePrincipalType: 'Legacy', signInAudience: 'AzureADMultipleOrgs' },
  }
  test.each(Object.entries(READ_ONLY))('of what Graph alone writes on a %s', async (type, changes) => {
    const set = `/${type}s`
    const { id } = (await get(set)).value[0]
    for (const [name, value] of Object.entries(changes)) {
      const { status, body } = await patch(`${set}/${id}`, { [name]: value })
      expect([status, body.error.message]).toEqual([400, expect.stringContaining(`Property '${name}' is invalid or`)])
    }
  })
})

describe('what a client wrote as it had read it', () => {
  test('is no change: applications, service principals, groups and users can be sent back whole', async () => {
    const { id, appId } = await application()
    const principal = (await sandbox.graph('POST', '/servicePrincipals', { appId })).body
    const [group] = (await get('/groups?$top=1')).value
    const paths = [`/applications/${id}`, `/servicePrincipals/${principal.id}`, `/groups/${group.id}`]
    for (const path of [...paths, `/users/${KNOWN_USERS.adele}`]) {
      const { '@odata.context': _, ...before } = await get(path)
      const answer = await patch(path, before)
      expect([path, answer.status, answer.body]).toEqual([path, 204, ''])
      expect(await get(path)).toMatchObject(before)
    }
  })

  test('may leave out members of what Graph alone writes, and cannot change them', async () => {
    const { path } = await application()
    expect((await patch(path, { verifiedPublisher: {} })).status).toBe(204)
    expect((await patch(path, { verifiedPublisher: { displayName: 'Me' } })).status).toBe(400)
    expect((await patch(path, { id: '00000000-0000-4000-8000-000000000000' })).status).toBe(400)
  })
})
