import { credentialsOf, type SandboxParts } from '../sandbox.ts'
import type { Origin } from '../tenant/open.ts'
import { CLIENTS, clientIdOf } from '../tenant/seed.ts'
import type { ServedTenant } from '../tenants.ts'
import { BadControl } from './bad.ts'

export const list = ({ tenants }: SandboxParts) => tenants.list().map(shown)

/** Makes a tenant with a directory of its own. */
export async function add({ tenants }: SandboxParts, { seed, users }: Record<string, unknown>) {
  if (seed !== undefined && (typeof seed !== 'string' || seed === '')) throw new BadControl('seed is to be a text.')
  if (users !== undefined && typeof users !== 'number') throw new BadControl('users is to be a number.')
  const wish: Partial<Origin> = { seed: seed as string | undefined, users: users as number | undefined }
  const made = await tenants.add(wish).catch((error: Error) => {
    throw new BadControl(error.message)
  })
  return shown(made)
}

function shown({ parts: { opened } }: ServedTenant) {
  const { tenant, origin } = opened
  return { ...credentialsOf(opened), ...origin, jobs: tenant.jobs.size }
}

export function clients({ tenant, opened }: SandboxParts) {
  return CLIENTS.map((client) => {
    const clientId = clientIdOf(opened.origin.seed, client)
    return { ...client, clientId, clientSecret: tenant.credentials.get(clientId)![0]!.secret }
  })
}
