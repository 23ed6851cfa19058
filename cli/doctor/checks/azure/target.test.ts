import { describe, expect, test } from '@jest/globals'
import { azureNames } from '../../../../azure/names.ts'
import {
  azure,
  CONTRIBUTOR,
  faults,
  ROLE_ADMINISTRATOR,
  SUBSCRIPTION,
  type Surroundings,
  TENANT,
  taken,
} from './testing.ts'

const names = (resourceGroup?: string) =>
  azureNames({ tenantId: TENANT, project: 'entrada', stack: 'contoso', resourceGroup })

test('a subscription with its services on and the roles given is well', async () => {
  expect(await faults(azure())).toEqual([])
})

test.each<[string, Record<string, unknown>, Surroundings, string, string]>([
  ['no subscription is named', {}, { subscriptionId: '' }, 'nor ARM_SUBSCRIPTION_ID is set', 'az account list'],
  [
    'one that the caller cannot see',
    { [`/subscriptions/${SUBSCRIPTION}`]: 404 },
    {},
    'cannot see the subscription',
    'docs/azure.md',
  ],
  [
    'one of another tenant',
    { [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Other', tenantId: 'other-tenant' } },
    {},
    "'Other' belongs to the tenant other-tenant",
    'trusted in its own tenant only',
  ],
  [
    'one that was switched off',
    { [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Old', tenantId: TENANT, state: 'Disabled' } },
    {},
    "'Old' is Disabled",
    'enable it',
  ],
  [
    'no right to give roles: Contributor excludes it',
    { '/permissions': { value: [CONTRIBUTOR] } },
    {},
    'may not Microsoft.Authorization/roleAssignments/write in the subscription',
    'Role Based Access Control Administrator',
  ],
  [
    'a resource group that is not there',
    { '/permissions': 404 },
    { more: { resourceGroup: 'identity' } },
    'there is no resource group identity',
    'check its name',
  ],
])('%s', async (_, answers, surroundings, seen, fix) => {
  expect(await faults(azure(answers), surroundings)).toEqual([
    { state: 'problem', seen: expect.stringContaining(seen), fix: expect.stringContaining(fix) },
  ])
})

test('tenants are compared by id, however the stack names its own', async () => {
  const loud = { displayName: 'Identity', tenantId: TENANT.toUpperCase(), state: 'Enabled' }
  expect(await faults(azure({ [`/subscriptions/${SUBSCRIPTION}`]: loud }))).toEqual([])
  expect(await faults(azure(), { tenantId: 'contoso.onmicrosoft.com' })).toEqual([])
  expect(await faults(azure(), { tenantId: TENANT.toUpperCase() })).toEqual([])
})

describe('services', () => {
  const missing = async (more: Record<string, unknown>, on: string[] = []) => {
    const value = on.map((namespace) => ({ namespace, registrationState: 'Registered' }))
    const said = await faults(azure({ '/providers': { value } }), { more })
    return said.map(({ fix }) => fix!.replace('az provider register --namespace Microsoft.', ''))
  }
  const ALWAYS = ['App', 'DBforPostgreSQL', 'Insights', 'KeyVault', 'ManagedIdentity', 'OperationalInsights']

  test('are those that this target needs', async () => {
    expect(await missing({})).toEqual(ALWAYS)
    expect(await missing({ network: { private: true } })).toEqual([...ALWAYS, 'Network', 'ContainerService'])
    expect(await missing({ build: true })).toEqual([...ALWAYS, 'ContainerRegistry'])
    expect(
      await missing(
        {},
        ALWAYS.map((name) => `microsoft.${name}`),
      ),
    ).toEqual([])
  })

  test('are not known to be off where the caller may not ask', async () => {
    const refused = () => Response.json({ error: { code: 'AuthorizationFailed' } }, { status: 403 })
    expect(await faults(azure({ '/providers': refused }))).toEqual([
      { state: 'notChecked', seen: expect.stringMatching(/Microsoft\.App, .*\(403 AuthorizationFailed\)/) },
    ])
  })
})

describe('rights', () => {
  test('are looked at where the resources are made', async () => {
    const cloud = azure()
    await faults(cloud, { more: { resourceGroup: 'identity-rg' } })
    expect(cloud.asked).toContain(
      `GET /subscriptions/${SUBSCRIPTION}/resourcegroups/identity-rg/providers/Microsoft.Authorization/permissions`,
    )
  })

  const registry = { name: 'contosoimages', resourceGroup: 'images' }
  const place = `/resourcegroups/images/providers/Microsoft.ContainerRegistry/registries/contosoimages/providers/Microsoft.Authorization/permissions`
  test('on a registry that is elsewhere are looked at there', async () => {
    const reader = { actions: ['*/read'], notActions: [] }
    const said = (more: object, ...value: object[]) =>
      faults(azure({ [place]: { value } }), { more: { resourceGroup: 'identity', registry, ...more } })
    expect(await said({}, reader)).toEqual([
      {
        state: 'problem',
        seen: 'the caller may not Microsoft.Authorization/roleAssignments/write in the registry contosoimages',
        fix: 'give it the roles Reader and Role Based Access Control Administrator (for AcrPull) on the registry contosoimages',
      },
    ])
    expect(await said({}, reader, ROLE_ADMINISTRATOR)).toEqual([])
    expect(await said({ build: true }, reader, ROLE_ADMINISTRATOR)).toMatchObject([
      { seen: expect.stringContaining('registries/push/write'), fix: expect.stringContaining('AcrPush') },
    ])
  })

  test('to read are all that a caller needs who makes nothing', async () => {
    const said = (...value: object[]) =>
      faults(azure({ '/permissions': { value } }), { access: 'read', more: { resourceGroup: 'identity', registry } })
    expect(await said({ actions: ['*/read'], notActions: [] })).toEqual([])
    expect(await said()).toEqual(
      ['the resource group identity', 'the registry contosoimages'].map((place) => ({
        state: 'problem',
        seen: `the caller may not */read in ${place}`,
        fix: `give it the roles Reader on ${place}`,
      })),
    )
  })

  test('are not known where the caller may not ask', async () => {
    expect(await faults(azure({ '/permissions': 403 }))).toMatchObject([{ state: 'notChecked' }])
  })
})

describe('names that all of Azure shares', () => {
  const group = 'identity'
  const more = { resourceGroup: group }
  const own = names(group)
  const vault = `/providers/Microsoft.KeyVault/vaults/${own.keyVault}`

  test('may be taken by others', async () => {
    const said = await faults(azure({ '/checkNameAvailability': taken }), { more: { ...more, build: true } })
    expect(said.filter(({ state }) => state === 'problem').map(({ seen }) => seen)).toEqual([
      expect.stringContaining('Microsoft.ContainerRegistry is not switched on'),
      `the name ${own.registry} is taken by another registry in Azure`,
      `the name ${own.keyVault} is taken by another key vault in Azure`,
      `the name ${own.database} is taken by another database server in Azure`,
    ])
  })

  test('may be taken by the stack itself', async () => {
    const database = `/resourceGroups/${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${own.database}`
    const cloud = azure({ '/checkNameAvailability': taken, [vault]: {}, [database]: {} })
    expect(await faults(cloud, { more })).toEqual([])
  })

  test('may be kept by a vault that was deleted', async () => {
    const cloud = azure({
      'Microsoft.KeyVault/checkNameAvailability': taken,
      [`/locations/westeurope/deletedVaults/${own.keyVault}`]: {},
    })
    expect(await faults(cloud, { more })).toEqual([
      {
        state: 'problem',
        seen: `the key vault ${own.keyVault} was deleted, and keeps its name until Azure forgets it`,
        fix: expect.stringMatching(/az keyvault recover .*entrada:target\.names\.keyVault/),
      },
    ])
  })

  test('are not known to be free where the caller may not ask', async () => {
    expect(await faults(azure({ '/checkNameAvailability': 403 }))).toMatchObject([
      { state: 'notChecked', seen: expect.stringContaining(names().keyVault) },
      { state: 'notChecked', seen: expect.stringContaining(names().database) },
    ])
  })
})

describe('a domain', () => {
  const domain = { name: 'scim.contoso.example' }
  const { app } = names()
  const fqdn = `${app}.happysea.westeurope.azurecontainerapps.io`
  const answer = (customDomains: object[] = []) => ({
    properties: { customDomainVerificationId: 'ABC1', configuration: { ingress: { fqdn, customDomains } } },
  })
  const look = (dns: Record<string, string>, given = answer(), more: object = domain) =>
    faults(azure({ [`/containerApps/${app}`]: given }), { more: { domain: more }, dns })

  test('is set once the DNS points to the app', async () => {
    expect(await look({ 'scim.contoso.example': fqdn, 'asuid.scim.contoso.example': 'abc1' })).toEqual([])
    expect(await look({}, answer([domain]))).toEqual([])
  })

  test('is a problem while it does not, each record by itself', async () => {
    expect(await look({})).toMatchObject([
      { state: 'problem', seen: 'the DNS has no TXT record asuid.scim.contoso.example of ABC1' },
      { state: 'problem', seen: `scim.contoso.example has no CNAME record of ${fqdn}` },
    ])
    const elsewhere = { 'scim.contoso.example': 'other.example', 'asuid.scim.contoso.example': 'ABC1' }
    expect(await look(elsewhere)).toMatchObject([
      { seen: expect.stringContaining('is an alias of other.example, not') },
    ])
    expect(await look(elsewhere, answer(), { ...domain, certificateId: 'x' })).toMatchObject([{ state: 'warning' }])
  })

  test('waits for the first update', async () => {
    expect(await faults(azure(), { more: { domain } })).toMatchObject([
      { state: 'problem', fix: expect.stringContaining('leave domain out of the first update') },
    ])
  })
})

describe('an image outside Azure', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const image = `ghcr.io/contoso/tenants/scim@${digest}`
  const manifest = `/v2/contoso/tenants/scim/manifests/${digest}`
  const challenge = { 'www-authenticate': 'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="x:pull"' }
  const private_ = (headers: Headers) =>
    headers.get('authorization') === 'Bearer anonymous' ? 200 : new Response('', { status: 401, headers: challenge })

  test('must be there for everybody, with the token that everybody gets', async () => {
    expect(await faults(azure({ [manifest]: {} }), { more: { image } })).toEqual([])
    const cloud = azure({ [manifest]: private_, '/token': { token: 'anonymous' } })
    expect(await faults(cloud, { more: { image } })).toEqual([])
    expect(cloud.asked).toContain('GET /token')
  })

  test('that is private cannot be pulled', async () => {
    const cloud = azure({ [manifest]: private_, '/token': 403 })
    expect(await faults(cloud, { more: { image } })).toMatchObject([
      { state: 'problem', seen: expect.stringContaining('(401)'), fix: expect.stringContaining('Azure registry') },
    ])
  })

  test('is a warning where its registry cannot be asked', async () => {
    expect(await faults(azure({ [manifest]: 503 }), { more: { image } })).toMatchObject([{ state: 'warning' }])
  })

  test('is not looked for where the app’s identity pulls it', async () => {
    const cloud = azure()
    await faults(cloud, { more: { image: `contoso.azurecr.io/scim@${digest}` } })
    expect(cloud.asked.filter((path) => path.includes('/v2/'))).toEqual([])
  })
})
