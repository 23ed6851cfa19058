import path from 'node:path'
import type { Ring } from '../../config/rollout.ts'
import { localFolder } from '../local/folder.ts'
import type { Tenant } from '../stack/tenant.ts'
import type { ForecastSummary } from './result.ts'

/** What the next cycle would do, beside what the ring allows; loaded by rollouts that ask for it. */
export async function forecastFor(tenant: Tenant, limits: Ring['gates']['forecast']): Promise<ForecastSummary> {
  const { forecastStack } = await import('../forecast/forecast.ts')
  const cacheFolder = path.join(localFolder().path, 'forecast')
  const { users, groups, guard, exceeded, unknowns } = await forecastStack(tenant, { ...limits, cacheFolder })
  return { creates: users.create + groups.create, disables: guard.deletions, exceeded, unknowns }
}
