import type { LogEvent } from './events.ts'

/** Entries appear in the log minutes after the work they tell of, and not in its order. */
const LATE = 10 * 60_000

/**
 * Events that appear from now on, the oldest first. Ends when `wait` says false.
 * @param read events since a time (milliseconds), in any order
 * @param seen those that were shown already
 */
export async function* follow(
  read: (since: number) => Promise<readonly LogEvent[]>,
  seen: readonly LogEvent[],
  since: number,
  wait: () => Promise<boolean>,
): AsyncIterable<LogEvent> {
  const known = new Set(seen.map(({ id }) => id))
  let newest = Math.max(since, ...seen.map(({ at }) => Date.parse(at)))
  while (await wait()) {
    const events = await read(Math.max(since, newest - LATE))
    for (const event of events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
      if (known.has(event.id)) continue
      known.add(event.id)
      newest = Math.max(newest, Date.parse(event.at))
      yield event
    }
  }
}
