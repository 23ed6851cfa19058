import type { Change } from './store.ts'

/** The order in which directory objects changed, for readers that remember a revision (the watermark of a job). */
export class ChangeLog {
  readonly #changes: Change[] = []
  #revision = 0

  get revision(): number {
    return this.#revision
  }

  add(change: Omit<Change, 'revision'>): number {
    this.#revision += 1
    this.#changes.push({ revision: this.#revision, ...change })
    return this.#revision
  }

  /** Take up a change that was made before a restart; they arrive in the order of their revisions. */
  restore(change: Change): void {
    this.#revision = Math.max(this.#revision, change.revision)
    this.#changes.push(change)
  }

  /** Distinct objects changed after `revision`, each at its newest change with what all of them touch, in order. */
  since(revision: number): Change[] {
    const newest = new Map<string, { change: Change; touches: Set<string> }>()
    for (let i = this.#firstAfter(revision); i < this.#changes.length; i++) {
      const change = this.#changes[i]!
      const key = `${change.kind}/${change.id}`
      const touches = newest.get(key)?.touches ?? new Set()
      for (const id of change.touches ?? []) touches.add(id)
      newest.delete(key)
      newest.set(key, { change, touches })
    }
    return Array.from(newest.values(), ({ change, touches }) =>
      touches.size === 0 ? change : { ...change, touches: [...touches] },
    )
  }

  #firstAfter(revision: number): number {
    let low = 0
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#changes[middle]!.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What either touches, in the shape of a change's own property. */
export function touchesOf(
  first: Pick<Change, 'touches'> | undefined,
  second: Pick<Change, 'touches'>,
): Pick<Change, 'touches'> {
  if (!first?.touches) return second.touches ? { touches: second.touches } : {}
  return { touches: [...new Set([...first.touches, ...(second.touches ?? [])])] }
}
