/**
 * Runs items that are asked for at the same time as one batch: what one turn of the event loop brings, and while a batch is on its
 * way, the next one gathers. `run` gives one outcome for each item, in order; if it throws, each item of the batch fails with that
 * error.
 */
export function together<Item, Outcome>(
  run: (items: Item[]) => Promise<Outcome[]>,
  largest: number,
): (item: Item) => Promise<Outcome> {
  type Waiting = { item: Item; resolve: (outcome: Outcome) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let running = false

  const next = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, largest)
      waiting = waiting.slice(largest)
      try {
        const outcomes = await run(batch.map(({ item }) => item))
        for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index]!)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (running) return
      running = true
      setImmediate(next)
    })
}
