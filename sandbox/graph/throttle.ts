import type { Clock } from '../tenant/store.ts'
import { GraphFailure } from './errors.ts'

const WINDOW_MS = 10_000

/** A number of requests in each window of ten seconds, as Graph counts its limits. */
export class Throttle {
  readonly #clock: Clock
  #began = 0
  #seen = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws GraphFailure 429 with `Retry-After` */
  check(limit: number | null): void {
    const now = this.#clock.now()
    if (now - this.#began >= WINDOW_MS) {
      this.#began = now
      this.#seen = 0
    }
    this.#seen += 1
    if (limit === null || this.#seen <= limit) return
    const seconds = Math.ceil((this.#began + WINDOW_MS - now) / 1000)
    throw new GraphFailure(429, 'TooManyRequests', 'Please retry again later.', { 'retry-after': String(seconds) })
  }
}
