import { availableParallelism } from 'node:os'

/** So many engines at a time; who waits comes in the order of asking. */
export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}

export interface Machine {
  cores: number
  /** Bytes. */
  freeMemory: number
}

/** As far as this process may use it: containers have limits. */
export const thisMachine = (): Machine => ({
  cores: availableParallelism(),
  freeMemory: process.availableMemory(),
})

/** An engine waits for Graph most of the time. */
const PER_CORE = 4
/** Of one engine with its share of this process, with a margin. */
const PER_ENGINE = 300 * 1024 * 1024

/** How many engines at a time where nobody says; never more than `limit`. */
export function parallelFor({ cores, freeMemory }: Machine, limit: number | undefined): number {
  return Math.max(1, Math.min(cores * PER_CORE, Math.floor(freeMemory / PER_ENGINE), limit ?? Number.POSITIVE_INFINITY))
}
