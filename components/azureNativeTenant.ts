import { Provider } from '@pulumi/azure-native/provider.js'
import * as pulumi from '@pulumi/pulumi'

/**
 * The same as `inTenant` for what azure-native makes and looks up; apart from it, since azure-native takes its time to
 * load. Of its own settings in the stack's file the subscription alone reaches it; the rest comes from the environment.
 *
 * @throws pulumi.RunError where its own setting names another tenant
 */
export function azureNativeInTenant(tenantId: string | undefined): { provider?: pulumi.ProviderResource } {
  if (tenantId === undefined) return {}
  const config = new pulumi.Config('azure-native')
  const own = config.get('tenantId')
  if (own !== undefined && own.toLowerCase() !== tenantId.toLowerCase())
    throw new pulumi.RunError(
      `azure-native:tenantId is ${own}, and entrada:tenantId is ${tenantId}: leave azure-native:tenantId out, since entrada:tenantId is for everything in the stack`,
    )
  const subscriptionId = config.get('subscriptionId')
  return { provider: new Provider(`azure-native-${tenantId.toLowerCase()}`, { tenantId, subscriptionId }) }
}
