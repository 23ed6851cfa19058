import { GRAPH_APP_ID } from '../templates/graphPermissions.ts'
import type { Application, ServicePrincipal } from '../tenant/model.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { CLOUDS } from './clouds.ts'
import { unknownResource } from './errors.ts'
import type { TokenIssuer } from './issuer.ts'

/** What an access token is for. */
export interface Resource {
  audience: string
  /** Of its tokens. */
  version: '1.0' | '2.0'
  /** Who grants roles on it; Microsoft's own are in the tenant without being shown. */
  principal: ServicePrincipal | undefined
}

/** How a federated identity credential names Entra itself, and what tokens for it have as their audience. */
export const TOKEN_EXCHANGE = { uri: 'api://AzureADTokenExchange', appId: 'fb60f99c-7a34-4190-8149-302f77469936' }

/** Resources of Microsoft that programs in Azure ask tokens for; the sandbox has nothing behind them. */
const MICROSOFT: Record<string, Omit<Resource, 'principal'>> = {
  [TOKEN_EXCHANGE.uri]: { audience: TOKEN_EXCHANGE.appId, version: '2.0' },
  [TOKEN_EXCHANGE.appId]: { audience: TOKEN_EXCHANGE.appId, version: '2.0' },
  'https://vault.azure.net': { audience: 'https://vault.azure.net', version: '1.0' },
  'https://ossrdbms-aad.database.windows.net': {
    audience: 'https://ossrdbms-aad.database.windows.net',
    version: '1.0',
  },
}

/**
 * @param name of the resource: an identifier URI or application id
 * @throws LoginFailure
 */
export function findResource(issuer: TokenIssuer, name: string): Resource {
  const { tenant } = issuer
  const { graph } = CLOUDS[issuer.settings.cloud]
  const microsoft = MICROSOFT[name.replace(/\/$/, '')]
  if (microsoft) return { ...microsoft, principal: undefined }
  const isGraph = [graph, GRAPH_APP_ID, issuer.url()].includes(name.replace(/\/$/, ''))
  const application = isGraph ? undefined : findApplication(tenant, name)
  const appId = isGraph ? GRAPH_APP_ID : application?.appId
  const principal = [...tenant.servicePrincipals.values()].find(
    (candidate) => candidate.appId === appId && candidate.deletedDateTime === null,
  )
  if (!principal) throw unknownResource(name, tenant.tenantId)
  if (isGraph) return { audience: graph, version: '1.0', principal }
  // Of version 2 are the tokens of who asks for it, and they name the resource by its id (Graph: apiApplication).
  return wantsVersion2(application!)
    ? { audience: application!.appId, version: '2.0', principal }
    : { audience: name, version: '1.0', principal }
}

const wantsVersion2 = ({ other }: Application): boolean =>
  (other.api as { requestedAccessTokenVersion?: number } | null)?.requestedAccessTokenVersion === 2

function findApplication(tenant: Tenant, name: string): Application | undefined {
  return [...tenant.applications.values()].find(({ appId, other, deletedDateTime }) => {
    const uris = (other.identifierUris ?? []) as string[]
    return deletedDateTime === null && (appId === name || `api://${appId}` === name || uris.includes(name))
  })
}
