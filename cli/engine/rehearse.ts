/** Runs of the engine that change nothing, in the tenant or in the state. */
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js'
import type { Tenant } from '../stack/tenant.ts'
import type { Site } from './attached.ts'
import { type Changes, collectChanges } from './changes.ts'
import { openEngine } from './open.ts'
import { openTenantStack } from './tenantStack.ts'

export interface PreviewOptions {
  /** Folder of a policy pack to check against. */
  policyPack?: string
  /** URNs of the resources to look at; all by default. */
  target?: string[]
  /** Where the engine works, with a stack's file of its own. */
  site?: Site
}

/** What an update would do. */
export async function previewChanges(
  tenant: Tenant,
  { policyPack, target, site }: PreviewOptions = {},
): Promise<Changes> {
  const stack = site ? await openEngine({ ...site, create: false }) : await openTenantStack(tenant)
  const policyPacks = policyPack ? [policyPack] : undefined
  return collected((onEvent) => stack.preview({ onEvent, color: 'never', policyPacks, target }))
}

/** What in the tenant is no longer as the stack's last update left it. */
export async function findDrift(tenant: Tenant): Promise<Changes> {
  const stack = await openTenantStack(tenant)
  return collected((onEvent) => stack.previewRefresh({ onEvent, color: 'never' }))
}

/** A run that fails is a result too: its errors say why. */
export async function collected(run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<Changes> {
  const { onEvent, result } = collectChanges()
  const failure = await run(onEvent).then(
    () => undefined,
    (error: Error) => error,
  )
  const changes = result()
  return failure && changes.errors.length === 0 ? { ...changes, errors: [failure.message] } : changes
}
