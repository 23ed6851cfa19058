/**
 * The provider's one argument, and which tenant a stack is in. The tenant is kept in the provider's state, also where it
 * came from the environment: refresh and destroy reach the stack's own tenant whatever the environment says then, and
 * an update towards another one is found before it makes everything anew there.
 */
import { isTenantName } from '../graph/tenant.ts'

type Bag = Record<string, unknown>

export interface Tenants {
  /** `ARM_TENANT_ID` */
  readonly fromEnvironment: string | undefined
  /** Whether both names mean the same one. */
  same(a: string, b: string): Promise<boolean>
}

const ENGINE_ARGUMENTS = new Set(['version', 'pluginDownloadURL', '__internal'])

/** The arguments with the tenant filled in, and what is wrong with them: argument and reason. */
export function checkTenant(news: Bag, tenants: Tenants): { inputs: Bag; failures: [string, string][] } {
  const failures: [string, string][] = Object.keys(news)
    .filter((key) => key !== 'tenantId' && !ENGINE_ARGUMENTS.has(key))
    .map((key) => [key, CREDENTIALS_REASON])
  const { tenantId } = news
  if (tenantId === undefined || tenantId === null || tenantId === '') {
    const { fromEnvironment } = tenants
    return { inputs: fromEnvironment ? { ...news, tenantId: fromEnvironment } : news, failures }
  }
  if (typeof tenantId === 'string' && !isTenantName(tenantId)) {
    failures.push(['tenantId', `tenantId is '${tenantId}': use the tenant's id or one of its verified domains`])
  }
  return { inputs: news, failures }
}

/** @throws when the objects of the stack are in another tenant than the one that is given now */
export async function refuseOtherTenant(olds: Bag, news: Bag, tenants: Tenants): Promise<void> {
  const before = olds.tenantId
  const now = news.tenantId
  if (typeof before !== 'string' || typeof now !== 'string' || before === '' || now === '') return
  const same = await tenants.same(before, now).catch((error: Error) => {
    throw new Error(`it cannot be told whether '${now}' is still this stack's tenant '${before}': ${error.message}`)
  })
  if (same) return
  throw new Error(
    `this stack's application is in tenant ${before}, but tenant ${now} was given (entrada:tenantId, the provider's tenantId or ARM_TENANT_ID). ` +
      `Objects do not move between tenants: give ${before} again, or make a stack of its own for ${now}. ` +
      `To leave ${before} for good, run pulumi destroy with it first`,
  )
}

const CREDENTIALS_REASON =
  'entrasync takes no provider argument but tenantId, because it would be kept in state: set ARM_CLIENT_ID and the other variables in the environment'
