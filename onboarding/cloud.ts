import * as pulumi from '@pulumi/pulumi'
import { endpointsOf } from '../provider/graph/cloud.ts'
import { cloudOf } from '../provider/graph/settings.ts'

export interface Cloud {
  /** Where people sign in, without a trailing slash. */
  login: string
  /** Whom a pipeline's token must be for. */
  audience: string
}

/** Source: Entra, "Workload identity federation", audiences of the clouds. */
const AUDIENCES: Record<string, string> = {
  usgovernment: 'api://AzureADTokenExchangeUSGov',
  dod: 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
}

/**
 * The cloud that the environment names, as azuread reads it.
 *
 * @throws pulumi.RunError for a name that is none
 */
export async function cloudIn(env: NodeJS.ProcessEnv): Promise<Cloud> {
  const problems: string[] = []
  const cloud = cloudOf(env, problems)
  if (!cloud) throw new pulumi.RunError(problems.join('\n'))
  const { login } = await endpointsOf(cloud, fetch)
  return { login, audience: ('name' in cloud && AUDIENCES[cloud.name]) || 'api://AzureADTokenExchange' }
}

/**
 * What a customer's administrator opens to let the application in, with all permissions that it declares (Entra: OAuth
 * 2.0 client credentials flow, "Request the permissions from a directory admin").
 */
export function consentLink(login: string, tenantId: string, clientId: string, redirectUri: string): string {
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri })
  return `${login}/${tenantId}/adminconsent?${query}`
}
