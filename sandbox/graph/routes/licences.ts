import { COMPANY } from '../../directory/known.ts'
import { stableId } from '../../directory/random.ts'
import type { Settings } from '../../settings.ts'
import { ACCESS } from '../access.ts'
import { badRequest } from '../errors.ts'
import { select } from '../odata/select.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'

/** Ids and names of Microsoft's products and the service plans in them (Entra: product names and service plan identifiers). */
const PLANS = {
  EXCHANGE_S_FOUNDATION: '113feb6c-3fe4-4440-bddc-54d774bf0318',
  AAD_PREMIUM: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  AAD_PREMIUM_P2: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
} as const

interface Product {
  skuPartNumber: string
  skuId: string
  plans: (keyof typeof PLANS)[]
}

const FREE: Product = {
  skuPartNumber: 'FLOW_FREE',
  skuId: 'f30db892-07e9-47e9-837c-80727f46fd3d',
  plans: ['EXCHANGE_S_FOUNDATION'],
}

/** What the tenant has bought, by the setting `premiumLicence`. */
const BOUGHT: Record<Settings['premiumLicence'], Product[]> = {
  none: [FREE],
  P1: [
    FREE,
    {
      skuPartNumber: 'AAD_PREMIUM',
      skuId: '078d2b04-f1bd-4111-bbd4-b4b1b354cef4',
      plans: ['EXCHANGE_S_FOUNDATION', 'AAD_PREMIUM'],
    },
  ],
  P2: [
    FREE,
    {
      skuPartNumber: 'AAD_PREMIUM_P2',
      skuId: '84a661c4-e949-4bd2-a560-ed7766fcaf2b',
      plans: ['EXCHANGE_S_FOUNDATION', 'AAD_PREMIUM', 'AAD_PREMIUM_P2'],
    },
  ],
}

export const licenceRoutes: Route[] = [
  { method: 'GET', pattern: '/subscribedSkus', access: ACCESS.readLicences, handler: list },
]

/** Takes `$select` alone (Graph: list subscribedSkus). */
function list(call: Call): GraphResponse {
  const { query } = call.request
  const other = [...query.keys()].find((name) => name !== '$select')
  if (other) throw badRequest(`Query option '${other}' is not allowed.`)
  const products = BOUGHT[call.settings.premiumLicence]
  const selected = query.get('$select')
  return ok({
    '@odata.context': call.context(selected ? `subscribedSkus(${selected})` : 'subscribedSkus'),
    value: products.map((product) => select(view(call, product), selected, undefined, 'microsoft.graph.subscribedSku')),
  })
}

function view({ tenant }: Call, { skuPartNumber, skuId, plans }: Product): Record<string, unknown> {
  return {
    accountName: COMPANY,
    accountId: tenant.tenantId,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: tenant.users.size,
    id: `${tenant.tenantId}_${skuId}`,
    skuId,
    skuPartNumber,
    subscriptionIds: [stableId(tenant.tenantId, skuId)],
    prepaidUnits: { enabled: tenant.users.size, lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans: plans.map((name) => ({
      servicePlanId: PLANS[name],
      servicePlanName: name,
      provisioningStatus: 'Success',
      appliesTo: name === 'EXCHANGE_S_FOUNDATION' ? 'Company' : 'User',
    })),
  }
}
