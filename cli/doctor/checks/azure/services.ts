/** Services of Azure that are switched on for a subscription. Source: Azure REST, "Providers", "List". */
import { notChecked, ok, type Result } from '../../finding.ts'
import type { ContainerApp } from '../target.ts'
import { type Azure, refusalOf } from './client.ts'

/** Insights takes the logs of each resource, whether alerts are wanted or not. */
const ALWAYS = ['App', 'DBforPostgreSQL', 'Insights', 'KeyVault', 'ManagedIdentity', 'OperationalInsights'] as const

/** An environment in a network of one's own asks for ContainerService besides (Azure/bicep#14935). */
const IN_A_NETWORK = ['Network', 'ContainerService'] as const

interface Provider {
  namespace: string
  registrationState?: string
}

export async function checkServices(azure: Azure, { network, build, registry }: ContainerApp): Promise<Result> {
  const needed = [
    ...ALWAYS,
    ...(network.private ? IN_A_NETWORK : []),
    ...(build && !registry ? ['ContainerRegistry'] : []),
  ].map((name) => `Microsoft.${name}`)
  const answer = await azure.get<{ value: Provider[] }>('/providers', '2021-04-01')
  // Who has roles on a resource group alone may not ask.
  if (answer.status !== 200)
    return notChecked(
      `whether the subscription has its services switched on, ${needed.join(', ')}: the caller may not ask (${refusalOf(answer)})`,
    )
  const on = new Set(
    (answer.body.value ?? [])
      .filter(({ registrationState }) => registrationState === 'Registered')
      .map(({ namespace }) => namespace.toLowerCase()),
  )
  const missing = needed.filter((name) => !on.has(name.toLowerCase()))
  if (missing.length === 0) return ok('its services are switched on')
  return {
    said: missing.map((name) => ({
      state: 'problem',
      seen: `the service ${name} is not switched on in the subscription`,
      fix: `az provider register --namespace ${name}`,
    })),
  }
}
