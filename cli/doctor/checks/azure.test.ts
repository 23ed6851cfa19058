import { expect, test } from '@jest/globals'
import { checkAzure } from './azure.ts'

const TENANT = '11111111-1111-4111-8111-111111111111'
const SUBSCRIPTION = '33333333-3333-4333-8333-333333333333'
const CONTRIBUTOR = { actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] }
const ROLE_ADMINISTRATOR = { actions: ['*/read', 'Microsoft.Authorization/roleAssignments/write'], notActions: [] }
const NAMESPACES = ['App', 'DBforPostgreSQL', 'KeyVault', 'ManagedIdentity', 'OperationalInsights']

/** Azure as far as the check asks it; an answer without status is 200. */
function azure(answers: Record<string, unknown> = {}) {
  const all: Record<string, unknown> = {
    [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Identity', tenantId: TENANT, state: 'Enabled' },
    '/providers': {
      value: NAMESPACES.map((name) => ({ namespace: `microsoft.${name}`, registrationState: 'Registered' })),
    },
    '/permissions': { value: [CONTRIBUTOR, ROLE_ADMINISTRATOR] },
    ...answers,
  }
  const asked: string[] = []
  const fetch = (async (url: string, { headers }: { headers: Record<string, string> }) => {
    const { pathname } = new URL(url)
    asked.push(pathname)
    expect(headers.authorization).toBe('Bearer azure-token')
    const [, body] = Object.entries(all).find(([end]) => pathname.endsWith(end))!
    return typeof body === 'number' ? Response.json({}, { status: body }) : Response.json(body)
  }) as typeof globalThis.fetch
  return { fetch, asked }
}

const target = { kind: 'containerApp', network: { private: false } }

async function said(
  { fetch }: ReturnType<typeof azure>,
  more: Record<string, unknown> = {},
  subscriptionId = SUBSCRIPTION,
) {
  const caller = { subscriptionId, tenantId: TENANT, token: async () => 'azure-token', fetch }
  const result = await checkAzure(caller, { ...target, ...more } as never, new AbortController().signal)
  return result.said
}

test('a subscription with its services on and the roles given is well', async () => {
  expect(await said(azure())).toEqual([
    { state: 'ok', seen: "subscription 'Identity': services are on, roles are given" },
  ])
})

test.each([
  ['no subscription is named', {}, {}, '', 'nor ARM_SUBSCRIPTION_ID is set', 'az account list'],
  [
    'one that the caller cannot see',
    { [`/subscriptions/${SUBSCRIPTION}`]: 404 },
    {},
    undefined,
    'cannot see the subscription',
    'docs/azure.md',
  ],
  [
    'one of another tenant',
    { [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Other', tenantId: 'other-tenant' } },
    {},
    undefined,
    "'Other' belongs to the tenant other-tenant",
    'trusted in its own tenant only',
  ],
  [
    'one that was switched off',
    { [`/subscriptions/${SUBSCRIPTION}`]: { displayName: 'Old', tenantId: TENANT, state: 'Disabled' } },
    {},
    undefined,
    "'Old' is Disabled",
    'enable it',
  ],
  [
    'a service that only this target needs',
    {},
    { network: { private: true } },
    undefined,
    'Microsoft.Network is not switched on',
    'az provider register --namespace Microsoft.Network',
  ],
  [
    'no right to give roles: Contributor excludes it',
    { '/permissions': { value: [CONTRIBUTOR] } },
    {},
    undefined,
    'may not Microsoft.Authorization/roleAssignments/write in the subscription',
    'Role Based Access Control Administrator',
  ],
])('%s', async (_, answers, more, subscriptionId, seen, fix) => {
  expect(await said(azure(answers), more, subscriptionId)).toEqual([
    { state: 'problem', seen: expect.stringContaining(seen), fix: expect.stringContaining(fix) },
  ])
})

test('rights are looked at where the resources are made', async () => {
  const cloud = azure()
  await said(cloud, { resourceGroup: 'identity-rg' })
  expect(cloud.asked.at(-1)).toBe(
    `/subscriptions/${SUBSCRIPTION}/resourcegroups/identity-rg/providers/Microsoft.Authorization/permissions`,
  )
})
