import { setTimeout as sleep } from 'node:timers/promises'
import type { Switches } from '../switches.ts'

/** Longest Retry-After that is waited for, milliseconds; more than that fails the object, to be retried later. */
const LONGEST_MS = 30_000

/** Waits for one request that the target asks for, after which its object fails. */
const TRIES = 3

/** Holds all requests to a target back while it asks for a pause. */
export interface Pacing {
  ready(): Promise<void>
  /** @returns whether the request is to be sent again, once `ready` */
  throttled(retryAfter: string | undefined, attempt: number): boolean
}

/** What a Retry-After header asks for (RFC 9110 §10.2.3), milliseconds; null where it cannot be read. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

/**
 * How a 429 is waited for: by its Retry-After, or else by the seconds given for each attempt.
 * @param wait replaced in tests
 */
export function pacing(
  { retryAfter: obeys, throttledRetrySeconds }: Pick<Switches, 'retryAfter' | 'throttledRetrySeconds'>,
  wait: (ms: number) => Promise<unknown> = sleep,
): Pacing {
  let pause: Promise<unknown> | null = null
  const pauseMs = (header: string | undefined, attempt: number): number | null => {
    const asked = obeys === 'honoured' ? retryAfterMs(header, Date.now()) : null
    if (asked !== null) return asked <= LONGEST_MS && attempt <= TRIES ? asked : null
    const seconds = throttledRetrySeconds[attempt - 1]
    return seconds === undefined ? null : seconds * 1000
  }
  return {
    async ready() {
      while (pause) await pause
    },
    throttled(retryAfter, attempt) {
      const ms = pauseMs(retryAfter, attempt)
      if (ms === null) return false
      pause ??= wait(ms).then(() => {
        pause = null
      })
      return true
    },
  }
}
