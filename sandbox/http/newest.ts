/** The newest of what was added, up to a limit. */
export class Newest<T> {
  readonly #limit: number
  #items: T[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: T): void {
    this.#items.push(item)
    if (this.#items.length >= 2 * this.#limit) this.#items = this.list()
  }

  list(): T[] {
    return this.#items.slice(-this.#limit)
  }

  clear(): void {
    this.#items = []
  }
}
