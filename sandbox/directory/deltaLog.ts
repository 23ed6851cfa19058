import { randomUUID } from 'node:crypto'

interface MemberChange {
  /** Of the directory, at which the group was written. */
  revision: number
  groupId: string
  memberId: string
  gained: boolean
}

/**
 * What delta queries need beside the order in which users and groups changed: who joined and left which group, and
 * which service principals changed. It reaches back to the start of the process; tokens carry the `epoch`, so that an
 * older one is known.
 */
export class DeltaLog {
  readonly epoch = randomUUID()
  readonly #members: MemberChange[] = []
  readonly #principals: { revision: number; id: string }[] = []

  /** Revision of the service principals, which count for themselves. */
  get principalRevision(): number {
    return this.#principals.length
  }

  noteMembers(revision: number, groupId: string, before: readonly string[], now: readonly string[]): void {
    const [then, wanted] = [new Set(before), new Set(now)]
    for (const memberId of then) {
      if (!wanted.has(memberId)) this.#members.push({ revision, groupId, memberId, gained: false })
    }
    for (const memberId of wanted) {
      if (!then.has(memberId)) this.#members.push({ revision, groupId, memberId, gained: true })
    }
  }

  notePrincipal(id: string): void {
    this.#principals.push({ revision: this.#principals.length + 1, id })
  }

  /** Members of a group that joined (true) or left (false) after `revision`; each as it stands now. */
  membersSince(revision: number, groupId: string): Map<string, boolean> {
    const changes = this.#members.filter((change) => change.groupId === groupId && change.revision > revision)
    return new Map(changes.map(({ memberId, gained }) => [memberId, gained]))
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
