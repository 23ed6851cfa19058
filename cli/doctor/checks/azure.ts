/** What a target in Azure needs of its subscription. Source: Azure REST, "Subscriptions", "Providers", "Permissions". */
import type { StackConfig } from '../../../config/schema.ts'
import { ok, problem, type Result, type Said } from '../finding.ts'

export interface AzureCaller {
  /** Of the public cloud, or '' where none is named. */
  subscriptionId: string
  tenantId: string
  /** A token for a scope, from the credentials that Graph is called with. */
  token(scope: string): Promise<string>
  fetch: typeof globalThis.fetch
}

type ContainerApp = Extract<StackConfig['target'], { kind: 'containerApp' }>

const MANAGEMENT = 'https://management.azure.com'
const NEEDED_PROVIDERS = ['App', 'DBforPostgreSQL', 'KeyVault', 'ManagedIdentity', 'OperationalInsights'] as const
/** Makes resources; gives the service's own identity its roles. */
const NEEDED_ACTIONS = ['Microsoft.App/containerApps/write', 'Microsoft.Authorization/roleAssignments/write']

export async function checkAzure(caller: AzureCaller, target: ContainerApp, signal: AbortSignal): Promise<Result> {
  const { subscriptionId, tenantId } = caller
  if (!subscriptionId) {
    return problem(
      'neither azure-native:subscriptionId in the stack’s file nor ARM_SUBSCRIPTION_ID is set',
      `name a subscription of the tenant ${tenantId}; az account list shows them`,
    )
  }
  const token = await caller.token(`${MANAGEMENT}/.default`)
  const get = async <T>(path: string, version: string): Promise<{ status: number; body: T }> => {
    const headers = { authorization: `Bearer ${token}` }
    const url = `${MANAGEMENT}/subscriptions/${subscriptionId}${path}?api-version=${version}`
    const answer = await caller.fetch(url, { headers, signal })
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as T }
  }
  const found = await get<{ displayName?: string; tenantId?: string; state?: string }>('', '2022-12-01')
  if (found.status !== 200) {
    return problem(
      `the caller cannot see the subscription ${subscriptionId} (${found.status})`,
      'check azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID, and give the caller its roles there: docs/azure.md, "Before the first time"',
    )
  }
  const { displayName = subscriptionId, tenantId: owner, state } = found.body
  if (owner !== undefined && owner !== tenantId) {
    return problem(
      `the subscription '${displayName}' belongs to the tenant ${owner}, not to ${tenantId}`,
      'name a subscription of the tenant that is provisioned: a managed identity is trusted in its own tenant only',
    )
  }
  if (state !== undefined && state !== 'Enabled')
    return problem(`the subscription '${displayName}' is ${state}`, 'enable it in the Azure portal')
  const place = target.resourceGroup ? `/resourcegroups/${target.resourceGroup}` : ''
  const [providers, permissions] = await Promise.all([
    get<{ value?: Provider[] }>('/providers', '2021-04-01'),
    get<{ value?: Permission[] }>(`${place}/providers/Microsoft.Authorization/permissions`, '2022-04-01'),
  ])
  const problems = [
    ...unregistered(providers.body.value ?? [], target),
    ...forbidden(permissions.body.value ?? [], target.resourceGroup),
  ]
  return problems.length > 0
    ? { said: problems }
    : ok(`subscription '${displayName}': services are on, roles are given`)
}

interface Provider {
  namespace: string
  registrationState?: string
}

function unregistered(providers: readonly Provider[], { alerts, network, build }: ContainerApp): Said[] {
  const needed: string[] = [...NEEDED_PROVIDERS]
  if (alerts) needed.push('Insights')
  if (network.private) needed.push('Network')
  if (build) needed.push('ContainerRegistry')
  const on = new Set(
    providers
      .filter(({ registrationState }) => registrationState === 'Registered')
      .map(({ namespace }) => namespace.toLowerCase()),
  )
  const missing = needed.map((name) => `Microsoft.${name}`).filter((name) => !on.has(name.toLowerCase()))
  return missing.map((name) => ({
    state: 'problem',
    seen: `the service ${name} is not switched on in the subscription`,
    fix: `az provider register --namespace ${name}`,
  }))
}

interface Permission {
  actions: string[]
  notActions: string[]
}

/** Roles add up; what one of them excludes another may give. */
function forbidden(permissions: readonly Permission[], resourceGroup: string | undefined): Said[] {
  const allowed = (action: string) =>
    permissions.some(
      ({ actions, notActions }) =>
        actions.some((one) => covers(one, action)) && !notActions.some((one) => covers(one, action)),
    )
  const place = resourceGroup ? `the resource group ${resourceGroup}` : 'the subscription'
  return NEEDED_ACTIONS.filter((action) => !allowed(action)).map((action) => ({
    state: 'problem',
    seen: `the caller may not ${action} in ${place}`,
    fix: `give it the roles Contributor and Role Based Access Control Administrator on ${place}`,
  }))
}

function covers(pattern: string, action: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'i').test(action)
}
