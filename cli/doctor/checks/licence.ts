import type { StackConfig } from '../../../config/schema.ts'
import { type Graph, missesPermission } from '../../../provider/graph/client.ts'
import { notChecked, ok, problem, type Result, warning } from '../finding.ts'

/** As Graph v1.0 shows it (list subscribedSkus). */
interface Product {
  skuPartNumber: string | null
  capabilityStatus: string | null
  servicePlans: { servicePlanName: string | null; provisioningStatus: string | null }[]
}

/** Entra ID P1 and P2, alone or within another product (Entra: product names and service plan identifiers). */
const PREMIUM = /^AAD_PREMIUM(_|$)/

/** Assigning a group takes Entra ID P1 or P2 (Entra: manage users and groups assignment to an application). */
export async function checkLicence(graph: Graph, config: StackConfig): Promise<Result> {
  let products: Product[]
  try {
    products = await graph.collect<Product>('/subscribedSkus?$select=skuPartNumber,capabilityStatus,servicePlans')
  } catch (error) {
    if (!missesPermission(error)) throw error
    return notChecked(
      'the caller may not read licences (LicenseAssignment.Read.All); assigning groups takes Entra ID P1',
    )
  }
  const premium = products.filter(hasPremium)
  const inForce = premium.find(({ capabilityStatus }) => capabilityStatus === 'Enabled')
  if (inForce) return ok(`Entra ID P1 or P2 is there (${inForce.skuPartNumber})`)
  const [ending] = premium.filter(({ capabilityStatus }) => capabilityStatus === 'Warning')
  if (ending) return warning(`${ending.skuPartNumber} has run out and ends soon`, 'renew the subscription')
  const fix = 'buy or start a trial of Entra ID P1 or P2'
  const groups = config.assignments?.groups.length ?? 0
  if (groups === 0) return warning('the tenant has no Entra ID P1 or P2, which many applications ask for', fix)
  return problem(
    `the tenant has no Entra ID P1 or P2, which assigning ${groups === 1 ? 'a group' : 'groups'} takes`,
    `${fix}, or assign users in place of groups`,
  )
}

function hasPremium({ servicePlans }: Product): boolean {
  return servicePlans.some(
    ({ servicePlanName, provisioningStatus }) =>
      PREMIUM.test(servicePlanName ?? '') && provisioningStatus !== 'Disabled',
  )
}
