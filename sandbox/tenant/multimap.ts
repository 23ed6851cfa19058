/** Many values a key, in the order they were added. A single value, by far the most frequent case, needs no set. */
export class MultiMap {
  readonly #values = new Map<string, string | Set<string>>()

  add(key: string, value: string): void {
    const held = this.#values.get(key)
    if (held === undefined) this.#values.set(key, value)
    else if (typeof held !== 'string') held.add(value)
    else if (held !== value) this.#values.set(key, new Set([held, value]))
  }

  remove(key: string, value: string): void {
    const held = this.#values.get(key)
    if (held === value) this.#values.delete(key)
    else if (typeof held === 'object' && held.delete(value) && held.size === 0) this.#values.delete(key)
  }

  of(key: string): string[] {
    const held = this.#values.get(key)
    return typeof held === 'string' ? [held] : [...(held ?? [])]
  }
}
