/** `perSecond` on average; `burst`: how many may come at once after a quiet time. */
export interface Rate {
  perSecond: number
  burst: number
}

/** One bucket of tokens a key, in this process alone. */
export interface Buckets {
  /** Takes one. The seconds to wait, rounded up, if there is none; then nothing is taken. */
  take(key: string, rate: Rate): number
  /** As `take`, but takes nothing. */
  wait(key: string, rate: Rate): number
}

const millisecond = 1_000
const swept = 10_000

/**
 * Generic cell rate algorithm: of each key is kept only when its bucket will be full again. A key that has been quiet for long
 * enough is like one that never came, so those are forgotten and the map stays small.
 */
export function openBuckets(clock: () => number = Date.now): Buckets {
  const fullAt = new Map<string, number>()
  let sweepAt = swept

  const waitOf = (key: string, { perSecond, burst }: Rate, now: number): number => {
    const ahead = Math.max(fullAt.get(key) ?? 0, now) - now
    const allowed = ((burst - 1) * millisecond) / perSecond
    return ahead <= allowed ? 0 : Math.ceil((ahead - allowed) / millisecond)
  }
  const sweep = (now: number): void => {
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key)
    sweepAt = Math.max(swept, 2 * fullAt.size)
  }
  return {
    take(key, rate) {
      const now = clock()
      const wait = waitOf(key, rate, now)
      if (wait > 0) return wait
      if (fullAt.size >= sweepAt) sweep(now)
      fullAt.set(key, Math.max(fullAt.get(key) ?? 0, now) + millisecond / rate.perSecond)
      return 0
    },
    wait: (key, rate) => waitOf(key, rate, clock()),
  }
}
