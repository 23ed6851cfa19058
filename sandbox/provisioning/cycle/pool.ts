/** Works through items with at most `limit` at a time; stops taking new ones as soon as `stopped` says so. */
export async function forEachLimited<T>(
  items: Iterable<T>,
  limit: number,
  stopped: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (;;) {
      if (stopped()) return
      const next = iterator.next()
      if (next.done) return
      await work(next.value)
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
}
