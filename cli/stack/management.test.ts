import { expect, test } from '@jest/globals'
import type { Graph } from '../../provider/graph/client.ts'
import { managementOf } from './management.ts'
import type { Tenant } from './tenant.ts'

const ORIGIN = 'https://scim.contoso.example'

interface Directory {
  baseAddress?: string
  redirectUris: string[]
}

/** A stack with a container app, in a directory with one application that signs people in. */
function tenantWith({ baseAddress, redirectUris }: Directory): { tenant: Tenant; scopes: string[] } {
  const scopes: string[] = []
  const graph = {
    get: async () => ({ value: baseAddress ? [{ key: 'BaseAddress', value: baseAddress }] : [] }),
    collect: async () => [
      { appId: 'other', web: { redirectUris: ['https://other.example/admin/sign-in/callback'] } },
      { appId: 'app-1', web: { redirectUris } },
    ],
    token: async (scope: string) => {
      scopes.push(scope)
      return 'token'
    },
  } as unknown as Graph
  const config = { target: { kind: 'containerApp', tenant: 'default' } } as Tenant['config']
  return { tenant: { stack: 'contoso', config, env: {}, graph }, scopes }
}

test('a service in Azure is found by what Entra provisions to, its audience by the directory', async () => {
  const { tenant, scopes } = tenantWith({
    baseAddress: `${ORIGIN}/default/scim/v2`,
    redirectUris: [`${ORIGIN}/admin/sign-in/callback`],
  })
  await expect(managementOf(tenant, 'sp')).resolves.toEqual({ apiUrl: `${ORIGIN}/api/tenants/default`, token: 'token' })
  expect(scopes).toEqual(['api://app-1/.default'])
})

test('for an address that no application of the tenant knows no token is made', async () => {
  const { tenant, scopes } = tenantWith({
    baseAddress: 'https://elsewhere.example/default/scim/v2',
    redirectUris: [`${ORIGIN}/admin/sign-in/callback`],
  })
  await expect(managementOf(tenant, 'sp')).rejects.toThrow('no application of the tenant signs people in at')
  expect(scopes).toEqual([])
})

test('before the first update there is none', async () => {
  await expect(managementOf(tenantWith({ redirectUris: [] }).tenant, 'sp')).resolves.toBeUndefined()
})
