/** Collections whose writes can reach readers late. */
const LAGGING = [
  'users',
  'groups',
  'applications',
  'servicePrincipals',
  'assignments',
  'secrets',
  'jobs',
  'federatedCredentials',
] as const
export type Lagging = (typeof LAGGING)[number]

/** When what is written meanwhile reaches readers, milliseconds since the epoch; 0: at once. */
export interface Arrival {
  /** Of objects that are new. */
  made: number
  /** Of what becomes of objects that were there. */
  changed: number
}

/** A write that readers do not see yet. */
interface Late {
  /** What they see in its place; undefined: nothing. */
  before: unknown
  until: number
  /** Revisions of the directory and of the service principals before it, as far as it raised either. */
  revision: number
  principalRevision: number
}

const AT_ONCE: Arrival = { made: 0, changed: 0 }
const DIRECTORY: ReadonlySet<string> = new Set(['users', 'groups', 'assignments'])

/** Entra's replication: what was written and is not everywhere yet. It is of the process, and not kept with the data. */
export class Lag {
  readonly #late = new Map<Lagging, Map<string, Late>>(LAGGING.map((collection) => [collection, new Map()]))
  #arrival = AT_ONCE

  /** Carries out `work`, whose writes arrive at the times given; those after its first wait for something at once. */
  during<R>(arrival: Arrival, work: () => R): R {
    const outer = this.#arrival
    this.#arrival = arrival
    try {
      return work()
    } finally {
      this.#arrival = outer
    }
  }

  /** Told of each write, with the revisions before it. What is late already stays so, from the state it had then. */
  note(collection: string, key: string, before: unknown, revision: number, principalRevision: number): void {
    const until = before === undefined ? this.#arrival.made : this.#arrival.changed
    const late = this.#late.get(collection as Lagging)
    if (until === 0 || !late) return
    const earlier = late.get(key)
    late.set(key, {
      before: earlier ? earlier.before : before,
      until: Math.max(until, earlier?.until ?? 0),
      revision: earlier?.revision ?? (DIRECTORY.has(collection) ? revision : Number.POSITIVE_INFINITY),
      principalRevision:
        earlier?.principalRevision ??
        (collection === 'servicePrincipals' ? principalRevision : Number.POSITIVE_INFINITY),
    })
  }

  /** Lets arrive what is due. @returns whether anything is late still */
  settle(now: number): boolean {
    let isLate = false
    for (const late of this.#late.values()) {
      for (const [key, { until }] of late) if (until <= now) late.delete(key)
      isLate ||= late.size > 0
    }
    return isLate
  }

  clear(): void {
    for (const late of this.#late.values()) late.clear()
  }

  /** Late writes of a collection by key, with what readers see in the place of each. */
  of(collection: Lagging): ReadonlyMap<string, { before: unknown }> {
    return this.#late.get(collection)!
  }

  /** Whether the object was made, and has not arrived. */
  hides(collection: Lagging, key: string): boolean {
    const late = this.#late.get(collection)!.get(key)
    return late !== undefined && late.before === undefined
  }

  /** The last revision that readers know all of; infinite where nothing is late. */
  get revision(): number {
    return this.#least('revision')
  }

  get principalRevision(): number {
    return this.#least('principalRevision')
  }

  #least(name: 'revision' | 'principalRevision'): number {
    let least = Number.POSITIVE_INFINITY
    for (const late of this.#late.values()) for (const one of late.values()) least = Math.min(least, one[name])
    return least
  }
}
