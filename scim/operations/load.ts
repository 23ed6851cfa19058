import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolution = 10
const interval = 1_000

export interface Load {
  /** Milliseconds that the event loop came later than it was asked to, mean over the last second. */
  lag: number
  heapUsed: number
}

/** The process's load, taken once a second; nothing before the first second is over. */
export function watchLoad(): { now(): Load; stop(): void } {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  let load: Load = { lag: 0, heapUsed: 0 }
  let due = performance.now() + interval
  const timer = setInterval(() => {
    const now = performance.now()
    const late = now - due
    due = now + interval
    // One long task may leave a second without a single sample: it is then as late as this timer itself.
    const lag = delays.count > 0 ? delays.mean / 1e6 - resolution : late
    load = { lag: Math.max(0, lag), heapUsed: process.memoryUsage().heapUsed }
    delays.reset()
  }, interval).unref()
  return {
    now: () => load,
    stop() {
      clearInterval(timer)
      delays.disable()
    },
  }
}
