/** Where the management API of a stack's bundled SCIM service is, and what it is entered with. */
import type { Graph } from '../../provider/graph/client.ts'
import { literal, query } from '../../provider/graph/odata.ts'
import { listSecrets } from '../../provider/resources/provisioningJob/secrets.ts'
import type { Tenant } from './tenant.ts'

export interface Management {
  apiUrl: string
  token: string
}

/**
 * Undefined where the target is not the bundled service, or was not made yet.
 * @param servicePrincipalId of the stack's application, where it was made already
 */
export async function managementOf(
  tenant: Tenant,
  servicePrincipalId: string | undefined,
): Promise<Management | undefined> {
  const { config, env, graph } = tenant
  switch (config.target.kind) {
    case 'external':
      return undefined
    case 'local': {
      const apiUrl = config.target.apiUrl ?? env.ENTRADA_SCIM_API_URL
      const token = env.ENTRADA_SCIM_ADMIN_TOKEN
      if (!apiUrl || !token) {
        const missing = [apiUrl ? [] : 'ENTRADA_SCIM_API_URL', token ? [] : 'ENTRADA_SCIM_ADMIN_TOKEN'].flat()
        throw new Error(`${missing.join(' and ')} must be set to read the SCIM service`)
      }
      return { apiUrl: apiUrl.replace(/\/+$/, ''), token }
    }
    case 'containerApp':
      return servicePrincipalId === undefined ? undefined : inAzure(graph, servicePrincipalId, config.target.tenant)
  }
}

/** The program names it so; see components/scim-target. */
const SIGN_IN_APPLICATION = 'Entrada SCIM ('

/**
 * The address is what Entra provisions to. The audience comes from the tenant's own directory, never from that address:
 * whoever answers there must not choose for whom a token is made.
 */
async function inAzure(graph: Graph, servicePrincipalId: string, name: string): Promise<Management | undefined> {
  const $filter = `startswith(displayName,${literal(SIGN_IN_APPLICATION)})`
  const [secrets, applications] = await Promise.all([
    listSecrets(graph, servicePrincipalId),
    graph.collect<{ appId: string; web: { redirectUris: string[] } }>(
      `/applications${query({ $filter, $select: 'appId,web' })}`,
    ),
  ])
  const tenantUrl = secrets.find(({ key }) => key === 'BaseAddress')?.value
  if (!tenantUrl) return undefined
  const { origin } = new URL(tenantUrl)
  const application = applications.find(({ web }) => web.redirectUris.includes(`${origin}/admin/sign-in/callback`))
  if (!application) throw new Error(`no application of the tenant signs people in at ${origin}`)
  return {
    apiUrl: `${origin}/api/tenants/${name}`,
    token: await graph.token(`api://${application.appId}/.default`),
  }
}
