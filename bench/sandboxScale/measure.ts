/** `measure.ts cycles FOLDER USERS | reopen FOLDER`: prints one line of JSON. */
import { createProvisioning } from '../../sandbox/provisioning/service.ts'
import { openTenant } from '../../sandbox/tenant/open.ts'
import type { Tenant } from '../../sandbox/tenant/tenant.ts'
import { time } from '../measure.ts'
import { startTarget } from './target.ts'

export interface Scale {
  openMs: number
  initialMs: number
  created: number
  incrementalMs: number
  /** Peak resident memory of the process, the target in it. */
  mebibytes: number
}

const CHANGES = 10

const [mode, folder, users] = process.argv.slice(2)
const began = performance.now()
const { tenant, close } = await openTenant(folder, users === undefined ? {} : { users: Number(users) })
const scale: Scale = {
  openMs: performance.now() - began,
  ...(mode === 'cycles' ? await cycles(tenant) : { initialMs: 0, created: 0, incrementalMs: 0 }),
  mebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
}
close()
console.log(JSON.stringify(scale))
process.exit()

async function cycles(store: Tenant): Promise<Omit<Scale, 'openMs' | 'mebibytes'>> {
  const principal = [...store.servicePrincipals.values()][0]!
  const target = await startTarget()
  store.secrets.put(principal.id, { BaseAddress: target, SecretToken: 'token', SyncAll: 'true' })
  const provisioning = createProvisioning({ store, clock: { now: () => Date.now() } })
  const job = provisioning.newJob(principal.id, 'scim')
  store.jobs.put(job.id, job)
  let created = 0
  const initialMs = await time(async () => {
    const cycle = await provisioning.runCycle(job.id)
    if (cycle.state !== 'Succeeded') throw new Error(`the first cycle did not succeed: ${JSON.stringify(cycle)}`)
    created = cycle.users.created
  })
  const changed = [...store.users.values()].filter(({ accountEnabled }) => accountEnabled).slice(0, CHANGES)
  for (const user of changed) store.users.put(user.id, { ...user, displayName: `${user.displayName} (new)` })
  const incrementalMs = await time(async () => {
    const { users } = await provisioning.runCycle(job.id)
    if (users.updated !== CHANGES) throw new Error(`${users.updated} of ${CHANGES} changes were written`)
  })
  await provisioning.close()
  return { initialMs, created, incrementalMs }
}
