/** When a Graph request is sent again, and after how long. Source: Microsoft Graph, "throttling guidance". */

export interface RetryPolicy {
  /** The request may have been carried out although no good answer came, and carrying it out twice does no harm. */
  repeatable: boolean
  /** 409 means that the synchronization service is still settling (start, pause, restart and delete of a job). */
  settles: boolean
}

export interface Answer {
  status: number
  retryAfter: string | null
  /** Graph's error code, where the body was looked at. */
  code?: string
}

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000
const LONGEST_ASKED_PAUSE = 300_000
/** Milliseconds spent on one request, pauses included, before its failure is reported. */
export const PATIENCE = { throttled: 300_000, unavailable: 60_000, settling: 60_000, unreachable: 5_000 } as const
export type Trouble = keyof typeof PATIENCE

/** Undefined when the answer is final. */
export function troubleOf(answer: Answer, policy: RetryPolicy): Trouble | undefined {
  if (answer.status === 429) return 'throttled'
  if (answer.status === 409 && (policy.settles || answer.code === 'Directory_ConcurrencyViolation')) return 'settling'
  if ([502, 503, 504].includes(answer.status) && policy.repeatable) return 'unavailable'
  return undefined
}

/** Milliseconds before try number `tries + 1`; `Retry-After` is seconds, possibly fractional, or a date. */
export function pauseBefore(tries: number, retryAfter: string | null, now: number): number {
  if (retryAfter) {
    const seconds = Number(retryAfter)
    const asked = Number.isNaN(seconds) ? Date.parse(retryAfter) - now : seconds * 1000
    if (!Number.isNaN(asked)) return Math.min(Math.max(asked, 0), LONGEST_ASKED_PAUSE)
  }
  return Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
}
