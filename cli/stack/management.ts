/** Where the management API of a stack's bundled SCIM service is, and what it is entered with. */
import { azureNames } from '../../azure/names.ts'
import { literal, query } from '../../provider/graph/odata.ts'
import { type Pair, readableSecrets } from '../../provider/resources/provisioningJob/secrets.ts'
import { PROJECT } from '../local/folder.ts'
import type { Tenant } from './tenant.ts'
import { claimsOf } from './token.ts'

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
  const { config, env } = tenant
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
      return servicePrincipalId === undefined ? undefined : inAzure(tenant, config.target, servicePrincipalId)
  }
}

type InAzure = Extract<Tenant['config']['target'], { kind: 'containerApp' }>

/** The program names it so; see components/scim-target. */
const SIGN_IN_APPLICATION = 'Entrada SCIM ('

interface SignInApplication {
  appId: string
  displayName: string
  web: { redirectUris: string[] }
}

const CALLBACK = '/admin/sign-in/callback'

/**
 * The address is what Entra provisions to. The audience comes from the tenant's own directory, never from that address:
 * whoever answers there must not choose for whom a token is made.
 */
async function inAzure(tenant: Tenant, target: InAzure, servicePrincipalId: string): Promise<Management | undefined> {
  const { graph } = tenant
  const $filter = `startswith(displayName,${literal(SIGN_IN_APPLICATION)})`
  const [secrets, applications] = await Promise.all([
    readableSecrets(graph, servicePrincipalId),
    graph.collect<SignInApplication>(`/applications${query({ $filter, $select: 'appId,displayName,web' })}`),
  ])
  const found = secrets ? atAddress(secrets, applications) : await byName(tenant, target, applications)
  if (!found) return undefined
  return {
    apiUrl: `${found.origin}/api/tenants/${target.tenant}`,
    token: await graph.token(`api://${found.appId}/.default`),
  }
}

function atAddress(secrets: readonly Pair[], applications: readonly SignInApplication[]) {
  const tenantUrl = secrets.find(({ key }) => key === 'BaseAddress')?.value
  if (!tenantUrl) return undefined
  const { origin } = new URL(tenantUrl)
  const application = applications.find(({ web }) => web.redirectUris.includes(`${origin}${CALLBACK}`))
  if (!application) throw new Error(`no application of the tenant signs people in at ${origin}`)
  return { origin, appId: application.appId }
}

/**
 * For a caller who may not read the address: as the program names the application. A token for another of that name would
 * be of no use but to itself.
 */
async function byName({ graph, stack }: Tenant, target: InAzure, applications: readonly SignInApplication[]) {
  const scope = `${new URL(await graph.address('')).origin}/.default`
  const tenantId = claimsOf(await graph.token(scope)).tid ?? graph.tenantId
  const { resourceGroup, names } = target
  const { app } = azureNames({ tenantId, project: PROJECT, stack, resourceGroup }, names)
  const name = `${SIGN_IN_APPLICATION}${app})`
  const named = applications.filter(({ displayName }) => displayName === name)
  if (named.length > 1)
    throw new Error(`the tenant has ${named.length} applications '${name}': which one the stack made is not known`)
  const [uri] = named.flatMap(({ web }) => web.redirectUris.filter((one) => one.endsWith(CALLBACK)))
  return uri && { origin: new URL(uri).origin, appId: named[0]!.appId }
}
