/** All that a target in Azure needs before an update, from the subscription to the DNS. */
import { azureNames } from '../../../../azure/names.ts'
import type { Access } from '../../../../provider/graph/neededPermissions.ts'
import { PROJECT } from '../../../local/folder.ts'
import { notChecked, problem, type Result } from '../../finding.ts'
import type { ContainerApp } from '../target.ts'
import { type AzureCaller, openAzure } from './client.ts'
import { checkDomain, type Resolver } from './domain.ts'
import { checkImage } from './image.ts'
import { checkRights } from './rights.ts'
import { checkServices } from './services.ts'
import { checkSubscription } from './subscription.ts'
import { checkUniqueNames } from './uniqueNames.ts'

export interface Asked {
  stack: string
  access: Access
  target: ContainerApp
  /** As the stack or the environment names the tenant: an id, or a domain. */
  tenantId: string
  /** Its subscription is '' where none is named. */
  caller: AzureCaller
  resolver?: Resolver
}

export async function checkAzure(
  { stack, access, target, tenantId, caller, resolver }: Asked,
  signal: AbortSignal,
): Promise<Result> {
  if (!caller.subscriptionId) {
    return problem(
      'neither azure-native:subscriptionId in the stack’s file nor ARM_SUBSCRIPTION_ID is set',
      `name a subscription of the tenant ${tenantId}; az account list shows them`,
    )
  }
  const azure = await openAzure(caller, signal)
  const found = await checkSubscription(azure, tenantId)
  if (!found.value) return { said: found.said }
  const { resourceGroup } = target
  const own = azure.tenantId ?? tenantId
  const names = azureNames({ tenantId: own, project: PROJECT, stack, resourceGroup }, target.names)
  const place = { group: resourceGroup ?? names.resourceGroup, app: names.app }
  const results = await Promise.all(
    [
      checkServices(azure, target),
      checkRights(azure, target, access),
      checkUniqueNames(azure, target, names),
      target.domain && checkDomain(azure, target.domain, place, resolver),
      checkImage(target.image, caller.fetch, signal),
    ].map((one) => Promise.resolve(one).catch(unasked(signal))),
  )
  return { said: [found, ...results].flatMap((result) => result?.said ?? []) }
}

/** One question without an answer does not take the others' with it. */
const unasked = (signal: AbortSignal) => (error: Error) => {
  signal.throwIfAborted()
  return notChecked(`Azure did not answer: ${error.cause instanceof Error ? error.cause.message : error.message}`)
}
