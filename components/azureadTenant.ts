import { Provider } from '@pulumi/azuread/provider.js'
import type * as pulumi from '@pulumi/pulumi'

/** The same as `inTenant` for what azuread makes and looks up; apart from it, since azuread takes its time to load. */
export function azureadInTenant(tenantId: string | undefined): { provider?: pulumi.ProviderResource } {
  return tenantId === undefined ? {} : { provider: new Provider(`azuread-${tenantId.toLowerCase()}`, { tenantId }) }
}
