import { hash } from 'node:crypto'

/** An RFC 4122 shaped id that depends on nothing but its parts. */
export function stableId(...parts: (string | number)[]): string {
  const hex = hash('sha256', parts.join('\n'), 'hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Picks that are the same for the same seed; mulberry32. */
export class Random {
  #state: number

  constructor(seed: string) {
    this.#state = hash('sha256', seed, 'buffer').readUInt32LE(0)
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}
