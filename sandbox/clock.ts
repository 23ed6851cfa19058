import type { Clock } from './tenant/store.ts'

/** A hundred years: the clock does not come back from a slip of the pen, and dates keep their four digits of a year. */
export const FARTHEST_SECONDS = 100 * 365 * 86_400

/** Wall clock, moved ahead as asked; it never goes back. */
export class SandboxClock implements Clock {
  #offset: number
  readonly #listeners: (() => void)[] = []

  constructor(offsetSeconds = 0) {
    this.#offset = offsetSeconds * 1000
  }

  now(): number {
    return Date.now() + this.#offset
  }

  get offsetSeconds(): number {
    return this.#offset / 1000
  }

  advance(seconds: number): void {
    this.#offset += seconds * 1000
    for (const listener of this.#listeners) listener()
  }

  /** Called after each move, for what is due by then. */
  onAdvance(listener: () => void): void {
    this.#listeners.push(listener)
  }
}
