import type { Change } from './store.ts'

/** The order in which directory objects changed, for readers that remember a revision (the watermark of a job). */
export class ChangeLog {
  readonly #changes: Change[] = []
  #revision = 0

  get revision(): number {
    return this.#revision
  }

  add(kind: Change['kind'], id: string): number {
    this.#revision += 1
    this.#changes.push({ revision: this.#revision, kind, id })
    return this.#revision
  }

  /** Take up a change that was made before a restart; they arrive in the order of their revisions. */
  restore(change: Change): void {
    this.#revision = Math.max(this.#revision, change.revision)
    this.#changes.push(change)
  }

  /** Distinct objects changed after `revision`, each at its newest change, in order. */
  since(revision: number): Change[] {
    const newest = new Map<string, Change>()
    for (let i = this.#firstAfter(revision); i < this.#changes.length; i++) {
      const change = this.#changes[i]!
      const key = `${change.kind}/${change.id}`
      newest.delete(key)
      newest.set(key, change)
    }
    return [...newest.values()]
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
