import { randomUUID } from 'node:crypto'

interface ReferenceChange {
  /** Of the directory, at which the object was written. */
  revision: number
  objectId: string
  referenceId: string
  gained: boolean
}

/**
 * What delta queries need beside the order in which users and groups changed: who joined and left which group, who
 * became and ceased to be whose manager, and which service principals changed. It reaches back to the start of the process; tokens carry the `epoch`, so that an
 * older one is known.
 */
export class DeltaLog {
  readonly epoch = randomUUID()
  readonly #references: ReferenceChange[] = []
  readonly #principals: { revision: number; id: string }[] = []

  /** Revision of the service principals, which count for themselves. */
  get principalRevision(): number {
    return this.#principals.length
  }

  /** Members of a group, or the manager of a user, before and after a write. */
  noteReferences(revision: number, objectId: string, before: readonly string[], now: readonly string[]): void {
    const [then, wanted] = [new Set(before), new Set(now)]
    for (const referenceId of wanted) {
      if (!then.has(referenceId)) this.#references.push({ revision, objectId, referenceId, gained: true })
    }
    for (const referenceId of then) {
      if (!wanted.has(referenceId)) this.#references.push({ revision, objectId, referenceId, gained: false })
    }
  }

  notePrincipal(id: string): void {
    this.#principals.push({ revision: this.#principals.length + 1, id })
  }

  /** What an object came to refer to (true) or ceased to (false) after `revision` and up to `last`; each as it stands then. */
  referencesSince(revision: number, objectId: string, last = Number.POSITIVE_INFINITY): Map<string, boolean> {
    const changes = this.#references.filter(
      (change) => change.objectId === objectId && change.revision > revision && change.revision <= last,
    )
    return new Map(changes.map(({ referenceId, gained }) => [referenceId, gained]))
  }

  /** Distinct service principals that changed after `revision`, each at its newest change, in order. */
  principalsSince(revision: number): { revision: number; id: string }[] {
    const newest = new Map<string, { revision: number; id: string }>()
    for (const change of this.#principals.slice(revision)) {
      newest.delete(change.id)
      newest.set(change.id, change)
    }
    return [...newest.values()]
  }
}
