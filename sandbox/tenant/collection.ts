import type { Collection } from './store.ts'

/** Told of each write, before the caller goes on: `previous` and `value` are undefined where there is none. */
export type OnWrite<T> = (key: string, value: T | undefined, previous: T | undefined) => void

/** A map that reports its writes; loading state goes round the report. */
export class ObservedCollection<T> implements Collection<T> {
  readonly #entries = new Map<string, T>()
  readonly #onWrite: OnWrite<T>

  constructor(onWrite: OnWrite<T>) {
    this.#onWrite = onWrite
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  values(): IterableIterator<T> {
    return this.#entries.values()
  }

  entries(): IterableIterator<[string, T]> {
    return this.#entries.entries()
  }

  get size(): number {
    return this.#entries.size
  }

  put(key: string, value: T): void {
    const previous = this.#entries.get(key)
    this.#entries.set(key, value)
    this.#onWrite(key, value, previous)
  }

  delete(key: string): boolean {
    const previous = this.#entries.get(key)
    if (previous === undefined) return false
    this.#entries.delete(key)
    this.#onWrite(key, undefined, previous)
    return true
  }
}
