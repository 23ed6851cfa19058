import type * as pulumi from '@pulumi/pulumi'
import { Provider } from '../provider/sdk/index.ts'

/**
 * Options for the components of a stack that names its tenant, by entrasync; without `tenantId` it is the environment's.
 */
export function inTenant(tenantId: string | undefined): { providers: pulumi.ProviderResource[] } {
  if (tenantId === undefined) return { providers: [] }
  // The name tells tenants apart: one that was refused leaves nothing in state that the right one is compared with.
  return { providers: [new Provider(`${Provider.package}-${tenantId.toLowerCase()}`, { tenantId })] }
}
