import type { SandboxParts } from '../sandbox.ts'
import { checkSettings, DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import type { Snapshot } from '../tenant/tenant.ts'
import { BadControl } from './bad.ts'

/** Back to the generated state; clock, clients and their secrets stay. */
export async function reset(parts: SandboxParts): Promise<undefined> {
  await replace(parts, parts.opened.fresh().snapshot())
  // Where mails go is no behaviour of the tenant's.
  change(parts, { ...DEFAULT_SETTINGS, smtp: parts.settings.smtp })
  parts.faults.clear()
  parts.journal.clear()
  parts.sent.clear()
  return undefined
}

/** Keeps the tenant's state under a name, in memory; a snapshot of that name is replaced. */
export async function take(parts: SandboxParts, name: unknown): Promise<undefined> {
  await parts.provisioning.settle()
  parts.snapshots.set(nameOf(name), parts.tenant.snapshot())
  return undefined
}

/** Back to a snapshot; the clock does not go back with it, and the target does not know of it. */
export async function restore(parts: SandboxParts, name: unknown): Promise<undefined> {
  const snapshot = parts.snapshots.get(nameOf(name))
  if (!snapshot) {
    const known = [...parts.snapshots.keys()].join(', ') || 'none'
    throw new BadControl(`There is no snapshot "${name}". Snapshots: ${known}.`)
  }
  await replace(parts, snapshot)
  return undefined
}

function nameOf(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw new BadControl('A snapshot needs a name.')
}

async function replace(parts: SandboxParts, then: Snapshot): Promise<void> {
  const { tenant } = parts
  await parts.provisioning.settle()
  const credentials = [...tenant.credentials.entries()]
  const kept = tenant.keepsakes.get('sandbox')
  tenant.batch(() => {
    tenant.returnTo(then)
    for (const [appId, secrets] of credentials)
      if (!tenant.credentials.get(appId)) tenant.credentials.put(appId, secrets)
    tenant.keepsakes.put('sandbox', kept ?? {})
  })
}

/** Settings are of all tenants; they are kept with the first. */
export function change(parts: SandboxParts, changes: Record<string, unknown>): Settings {
  try {
    Object.assign(parts.settings, checkSettings(changes))
  } catch (error) {
    throw new BadControl((error as Error).message)
  }
  keep(parts.tenants.first.parts, { settings: { ...parts.settings } })
  return parts.settings
}

export function keep({ tenant }: SandboxParts, more: object): void {
  tenant.keepsakes.put('sandbox', { ...tenant.keepsakes.get('sandbox'), ...more })
}
