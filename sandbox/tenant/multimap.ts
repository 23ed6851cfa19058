/** Many values a key, in the order they were added. */
export class MultiMap {
  readonly #sets = new Map<string, Set<string>>()

  add(key: string, value: string): void {
    const set = this.#sets.get(key)
    if (set) set.add(value)
    else this.#sets.set(key, new Set([value]))
  }

  remove(key: string, value: string): void {
    const set = this.#sets.get(key)
    if (set?.delete(value) && set.size === 0) this.#sets.delete(key)
  }

  of(key: string): string[] {
    return [...(this.#sets.get(key) ?? [])]
  }
}
