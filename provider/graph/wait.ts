import type { Clock } from './clock.ts'

/** One look at what is awaited: its value, or in words what is there instead. */
export type Look<T> = { done: true; value: T } | { done: false; seen: string }

export interface Wait<T> {
  /** What is awaited, as it reads after "waited for": `service principal 1234 to be readable`. */
  what: string
  check(): Promise<Look<T>>
  /** Milliseconds. */
  timeout: number
}

export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout'
}

const FIRST_PAUSE = 250
const LONGEST_PAUSE = 5_000
const GROWTH = 1.6

/** Looks at once, then with growing pauses; throws WaitTimeout with what was awaited and last seen. */
export async function waitFor<T>(wait: Wait<T>, clock: Clock, signal: AbortSignal | undefined): Promise<T> {
  const deadline = clock.now() + wait.timeout
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * GROWTH, LONGEST_PAUSE)) {
    signal?.throwIfAborted()
    const look = await wait.check()
    if (look.done) return look.value
    if (clock.now() >= deadline) {
      throw new WaitTimeout(`waited ${Math.round(wait.timeout / 1000)} s for ${wait.what}; last seen: ${look.seen}`)
    }
    await clock.sleep(Math.min(pause, Math.max(deadline - clock.now(), 1)), signal)
  }
}
