/** The subscription itself. Source: Azure REST, "Subscriptions", "Get". */
import { ok, problem, type Result } from '../../finding.ts'
import type { Azure } from './client.ts'

/** @param tenantId as the stack or the environment names the tenant: an id, or a domain */
export async function checkSubscription(azure: Azure, tenantId: string): Promise<Result<Azure>> {
  const { subscriptionId } = azure
  const found = await azure.get<{ displayName: string; tenantId: string; state: string }>('', '2022-12-01')
  if (found.status !== 200) {
    return problem(
      `the caller cannot see the subscription ${subscriptionId} (${found.status})`,
      'check azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID, and give the caller its roles there: docs/azure.md, "Before the first time"',
    )
  }
  const { displayName = subscriptionId, tenantId: owner, state } = found.body
  // A domain is no id, and the token that it gave has one.
  if (owner !== undefined && azure.tenantId !== undefined && owner.toLowerCase() !== azure.tenantId) {
    return problem(
      `the subscription '${displayName}' belongs to the tenant ${owner}, not to ${tenantId}`,
      'name a subscription of the tenant that is provisioned: a managed identity is trusted in its own tenant only',
    )
  }
  if (state !== undefined && state !== 'Enabled')
    return problem(`the subscription '${displayName}' is ${state}`, 'enable it in the Azure portal')
  return ok(`the subscription '${displayName}' is there`, azure)
}
