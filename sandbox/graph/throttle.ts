import type { Settings } from '../settings.ts'
import type { Clock } from '../tenant/store.ts'
import { GraphFailure } from './errors.ts'
import type { GraphRequest } from './request.ts'
import { resourceUnits } from './resourceUnits.ts'

const WINDOW_MS = 10_000

/** Requests in ten seconds, of one application in one tenant, below a path (Graph: throttling limits). */
const PATH_LIMITS: [RegExp, number][] = [
  [/^\/auditLogs\//i, 5],
  [/\/provisionOnDemand$/i, 5],
]

/** Resource units in ten seconds, by users of the tenant: less than 50, up to 500, more. */
const unitLimit = (users: number): number => (users < 50 ? 3500 : users <= 500 ? 5000 : 8000)

/** Windows of ten seconds, as Graph counts its limits; off until a setting turns them on. */
export class Throttle {
  readonly #clock: Clock
  readonly #settings: Settings
  readonly #users: () => number
  #began = 0
  readonly #used = new Map<string, number>()

  constructor(clock: Clock, settings: Settings, users: () => number) {
    this.#clock = clock
    this.#settings = settings
    this.#users = users
  }

  /**
   * Counts a request.
   * @returns headers of its answer
   * @throws GraphFailure 429 with `Retry-After`
   */
  admit({ path, method, query, caller }: GraphRequest): Record<string, string> {
    this.#turnWindow()
    const { throttleRequests, documentedLimits } = this.#settings
    const requests = this.#add('requests', 1)
    if (throttleRequests !== null && requests > throttleRequests) throw this.#refusal(caller.appId)
    const units = resourceUnits(method, path, query)
    const headers: Record<string, string> = units === undefined ? {} : { 'x-ms-resource-unit': String(units) }
    if (!documentedLimits) return headers
    for (const [pattern, limit] of PATH_LIMITS) {
      const over = pattern.test(path) && this.#add(`${caller.appId} ${pattern}`, 1) > limit
      if (over) throw this.#refusal(caller.appId)
    }
    const share = this.#add(caller.appId, units ?? 0) / unitLimit(this.#users())
    if (share > 1) throw this.#refusal(caller.appId)
    return share < 0.8 ? headers : { ...headers, 'x-ms-throttle-limit-percentage': share.toFixed(2) }
  }

  #turnWindow(): void {
    const now = this.#clock.now()
    if (now - this.#began < WINDOW_MS) return
    this.#began = now
    this.#used.clear()
  }

  #add(counter: string, amount: number): number {
    const total = (this.#used.get(counter) ?? 0) + amount
    this.#used.set(counter, total)
    return total
  }

  #refusal(appId: string): GraphFailure {
    const seconds = Math.ceil((this.#began + WINDOW_MS - this.#clock.now()) / 1000)
    return new GraphFailure(429, 'TooManyRequests', 'Please retry again later.', {
      'retry-after': String(seconds),
      'x-ms-throttle-scope': `Tenant_Application/ReadWrite/${appId}`,
      'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
    })
  }
}
