import { describe, expect, test } from '@jest/globals'
import { azureNames } from '../../azure/names.ts'
import { type Graph, GraphError } from '../../provider/graph/client.ts'
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

describe('a caller who may not read what Entra provisions to', () => {
  const TENANT_ID = '11111111-1111-4111-8111-111111111111'
  const { app } = azureNames({ tenantId: TENANT_ID, project: 'entrada', stack: 'contoso' })
  const token = `h.${Buffer.from(JSON.stringify({ tid: TENANT_ID })).toString('base64url')}.s`
  const application = (appId: string, name: string, origin = ORIGIN) => ({
    appId,
    displayName: `Entrada SCIM (${name})`,
    web: { redirectUris: [`${origin}/admin/sign-in/callback`] },
  })

  function find(...applications: object[]) {
    const graph = {
      get: async () => {
        throw new GraphError({ tenantId: TENANT_ID, method: 'GET', path: '/x', status: 403, body: {}, requestId: '' })
      },
      collect: async () => applications,
      address: async () => 'https://graph.example/v1.0',
      token: async (scope: string) => (scope === 'https://graph.example/.default' ? token : `token for ${scope}`),
    } as unknown as Graph
    const config = { target: { kind: 'containerApp', tenant: 'default', names: {} } } as unknown as Tenant['config']
    return managementOf({ stack: 'contoso', config, env: {}, graph }, 'sp')
  }

  test('finds the service by the name that the program gives its application', async () => {
    await expect(find(application('b', 'other', 'https://b.example'), application('a', app))).resolves.toEqual({
      apiUrl: `${ORIGIN}/api/tenants/default`,
      token: 'token for api://a/.default',
    })
    await expect(find(application('b', 'other'))).resolves.toBeUndefined()
  })

  test('takes none where there are two of the name', async () => {
    await expect(find(application('a', app), application('b', app))).rejects.toThrow('has 2 applications')
  })
})
