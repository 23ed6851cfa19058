import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Buckets } from './buckets.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refusal.ts'

/** Failures of one client from one address, and of one address whatever client it says it is. */
const perClient = { perSecond: 1 / 3, burst: 20 }
const perAddress = { perSecond: 3, burst: 200 }

/** Slows down who guesses: attempts that follow too many failures are refused unread. Success costs nothing. */
export interface SignIns {
  /** To be called before an attempt; `as` names the client. Throws `Refusal` 429. */
  check(request: FastifyRequest, reply: FastifyReply, as: string): void
  /** To be called after an attempt that failed. */
  failed(request: FastifyRequest, as: string): void
}

export function openSignIns(buckets: Buckets, metrics: Metrics): SignIns {
  const limited = ({ ip }: FastifyRequest, as: string) =>
    [
      [`${ip} ${as.slice(0, 80)}`, perClient],
      [ip, perAddress],
    ] as const
  return {
    check(request, reply, as) {
      const wait = Math.max(...limited(request, as).map(([key, rate]) => buckets.wait(key, rate)))
      if (wait === 0) return
      metrics.refused('sign_in')
      refuse(reply, 429, `Too many sign-ins from here have failed; try again in ${wait} s`, wait)
    },
    failed(request, as) {
      for (const [key, rate] of limited(request, as)) buckets.take(key, rate)
    },
  }
}
