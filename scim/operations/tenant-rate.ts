import type { FastifyReply } from 'fastify'
import type { Tenant } from '../storage/tenants.ts'
import type { Buckets } from './buckets.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refusal.ts'

/** What a tenant is held to that has no limit of its own; undefined is no limit. */
export interface UsualRate {
  requestsPerSecond: number | undefined
  burst: number | undefined
}

/** By how many seconds' worth of requests a tenant may be ahead, unless something else is set. */
const usualBurstSeconds = 4

/** Keeps one tenant from taking the service away from the others. Throws `Refusal` 429. */
export type TenantRate = (tenant: Tenant, reply: FastifyReply) => void

export function openTenantRate(buckets: Buckets, usual: UsualRate, metrics: Metrics): TenantRate {
  return ({ name, settings }, reply) => {
    const perSecond = settings.requestsPerSecond ?? usual.requestsPerSecond
    if (perSecond === undefined) return
    const burst = settings.burst ?? usual.burst ?? usualBurstSeconds * perSecond
    /** A rate that was changed starts anew. */
    const wait = buckets.take(`${name} ${perSecond} ${burst}`, { perSecond, burst })
    if (wait === 0) return
    metrics.refused('tenant_rate')
    const limit = `${perSecond} requests a second, ${burst} at once`
    refuse(reply, 429, `Tenant ${name} sends more than it may: ${limit}. Try again in ${wait} s`, wait)
  }
}
