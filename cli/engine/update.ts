import type { Tenant } from '../stack/tenant.ts'
import type { Changes } from './changes.ts'
import { collected } from './rehearse.ts'
import { openTenantStack } from './tenantStack.ts'

export interface UpdateOptions {
  /** URNs of the resources that may change. */
  target: string[]
  /** For the provider, beside the tenant's own environment. */
  env?: Record<string, string>
}

/** Updates some resources of a stack; a run that fails is a result too, and its errors say why. */
export async function updateStack(tenant: Tenant, { target, env }: UpdateOptions): Promise<Changes> {
  const stack = await openTenantStack(tenant)
  Object.assign(stack.workspace.envVars, env)
  return collected((onEvent) => stack.up({ onEvent, color: 'never', target }))
}
