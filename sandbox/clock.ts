import type { Clock } from './tenant/store.ts'

/** Wall clock, moved ahead as asked; it never goes back. */
export class SandboxClock implements Clock {
  #offset: number

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
  }
}
