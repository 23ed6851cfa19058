import path from 'node:path'
import type { Ring } from '../../config/rollout.ts'
import { localFolder } from '../local/folder.ts'
import type { Tenant } from '../stack/tenant.ts'
import type { ForecastSummary, TenantResult } from './result.ts'

export interface Foreseeing {
  /** What the ring's gates allow; `{}` where no gate asks for a forecast. */
  limits: Ring['gates']['forecast']
  /** As the stack's file has it, for a target elsewhere. */
  targetSecret: string | undefined
  signal: AbortSignal
}

/**
 * Says in `result` what the next cycle would do, and refuses what is beyond the limits or the deletion guard. Where no gate
 * asks for a forecast, one that cannot be made is a warning.
 * @returns whether it may go on
 * @throws where a gate asks, and there is no forecast
 */
export async function foresee(
  result: TenantResult,
  tenant: Tenant,
  { limits, targetSecret, signal }: Foreseeing,
): Promise<boolean> {
  const isGate = Object.keys(limits).length > 0
  const secret = targetSecret === undefined ? {} : { ENTRADA_TARGET_CLIENT_SECRET: targetSecret }
  const reading = { ...tenant, graph: tenant.graph.during(signal), env: { ...secret, ...tenant.env } }
  try {
    result.forecast = await summaryOf(reading, limits)
  } catch (error) {
    if (isGate || signal.aborted) throw error
    result.warnings.push(`there is no forecast: ${(error as Error).message}`)
    return true
  }
  const { exceeded } = result.forecast
  if (exceeded.length === 0) return true
  result.outcome = 'refused'
  const otherwise = isGate ? '' : '; --no-forecast goes on all the same'
  result.errors = exceeded.map((line) => `the forecast is beyond what is allowed: ${line}${otherwise}`)
  return false
}

/** Loaded by rollouts that change something. */
async function summaryOf(tenant: Tenant, limits: Ring['gates']['forecast']): Promise<ForecastSummary> {
  const { forecastStack } = await import('../forecast/forecast.ts')
  // Its own: two stacks of one tenant, side by side, would write the same file.
  const cacheFolder = path.join(localFolder().path, 'forecast', tenant.stack)
  const { users, groups, guard, exceeded, unknowns } = await forecastStack(tenant, { ...limits, cacheFolder })
  return {
    creates: users.create + groups.create,
    matches: users.match + groups.match,
    updates: users.update + groups.update,
    disables: guard.deletions,
    refusals: users.refuse + groups.refuse,
    exceeded,
    unknowns,
  }
}
