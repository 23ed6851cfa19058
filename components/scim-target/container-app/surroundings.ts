import { getClientConfig as getSubscription } from '@pulumi/azure-native/authorization/getClientConfig.js'
import { getClientConfig as getRunner } from '@pulumi/azuread/getClientConfig.js'
import * as pulumi from '@pulumi/pulumi'
import { foldName, idsOf, isObjectId } from '../../directoryNames.ts'

/** What the stack's file does not say, known before anything is made. */
export interface Surroundings {
  subscriptionId: string
  tenantId: string
  /** Object ids of who gets the role Manage: who runs this, and the administrators, each once. */
  managers: string[]
}

/**
 * @param azuread how azuread's look-ups are made
 * @throws pulumi.RunError naming all administrators that are not in the tenant
 */
export async function lookUp(
  administrators: readonly string[],
  azuread: pulumi.InvokeOptions = {},
  env = process.env,
): Promise<Surroundings> {
  const cloud = env.ARM_ENVIRONMENT || 'public'
  if (cloud !== 'public' && cloud !== 'global')
    throw new pulumi.RunError(
      `a containerApp target is made in Azure's public cloud only, and ARM_ENVIRONMENT is ${cloud}`,
    )
  const [{ subscriptionId, tenantId }, runner, ids] = await Promise.all([
    getSubscription(),
    getRunner(azuread),
    idsOf(administrators, 'entrada:target.administrators', azuread),
  ])
  if (runner.tenantId !== tenantId)
    throw new pulumi.RunError(
      `the subscription belongs to the Entra tenant ${tenantId}, but the application would be made in ${runner.tenantId}: a managed identity is trusted in its own tenant only. Set azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID, to a subscription of that tenant`,
    )
  const named = administrators.map((name) => (isObjectId(name) ? name.toLowerCase() : ids.get(foldName(name))!))
  return { subscriptionId, tenantId, managers: [...new Set([runner.objectId, ...named])] }
}
