import { getClientConfig as getSubscription } from '@pulumi/azure-native/authorization/getClientConfig.js'
import { getClientConfig as getRunner } from '@pulumi/azuread/getClientConfig.js'
import * as pulumi from '@pulumi/pulumi'
import { foldName, idsOf, isObjectId } from '../../directoryNames.ts'
import type { ContainerAppSettings } from './settings.ts'

/** What the stack's file does not say, known before anything is made. */
export interface Surroundings {
  subscriptionId: string
  tenantId: string
  /** Object ids of who gets the role Manage: the runners, and the administrators, each once. */
  managers: string[]
  /** Object ids of who gets the role Read, each once, and none of the managers. */
  readers: string[]
}

/** Who makes and looks up what; where one is left out, the environment says in which tenant. */
export interface TargetProviders {
  azuread?: pulumi.ProviderResource
  azureNative?: pulumi.ProviderResource
  entrasync?: pulumi.ProviderResource
}

/** @throws pulumi.RunError naming all administrators that are not in the tenant */
export async function lookUp(
  settings: Pick<ContainerAppSettings, 'administrators' | 'runners' | 'readers'>,
  providers: TargetProviders = {},
  env = process.env,
): Promise<Surroundings> {
  const { administrators } = settings
  const cloud = env.ARM_ENVIRONMENT || 'public'
  if (cloud !== 'public' && cloud !== 'global')
    throw new pulumi.RunError(
      `a containerApp target is made in Azure's public cloud only, and ARM_ENVIRONMENT is ${cloud}`,
    )
  const azuread = { provider: providers.azuread }
  const [{ subscriptionId, tenantId }, runner, ids] = await Promise.all([
    getSubscription({ provider: providers.azureNative }),
    getRunner(azuread),
    idsOf(administrators, 'entrada:target.administrators', azuread),
  ])
  if (runner.tenantId !== tenantId)
    throw new pulumi.RunError(
      `Azure is signed in to in the Entra tenant ${tenantId}, but the application would be made in ${runner.tenantId}: a managed identity is trusted in its own tenant only. Name the tenant by entrada:tenantId, or ARM_TENANT_ID, and one of its subscriptions by azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID; an az login must be to that tenant too`,
    )
  const named = administrators.map((name) => (isObjectId(name) ? name.toLowerCase() : ids.get(foldName(name))!))
  const { runners, readers } = callersOf(runner.objectId, settings)
  const managers = new Set([...runners, ...named])
  return {
    subscriptionId,
    tenantId,
    managers: [...managers],
    readers: [...new Set(readers)].filter((id) => !managers.has(id)),
  }
}

/** Listed, they are the same whoever runs this; else it is who runs this. */
function callersOf(self: string, listed: Pick<ContainerAppSettings, 'runners' | 'readers'>) {
  if (listed.runners.length === 0) return { runners: [self], readers: [] }
  const folded = (ids: readonly string[]) => ids.map((id) => id.toLowerCase())
  const [runners, readers] = [folded(listed.runners), folded(listed.readers)]
  if (![...runners, ...readers].includes(self.toLowerCase()))
    void pulumi.log.warn(
      `who runs this, ${self}, is not among entrada:target.runners, nor readers, and gets no role at the SCIM service: add it there, or run this as one of them`,
    )
  return { runners, readers }
}
