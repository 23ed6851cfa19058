import type { CycleCounts, Escrow, Link, LogRecord, Membership } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import { unlink } from '../unlink.ts'
import type { ObjectType, Outcome } from './context.ts'

/** Writes that are put to the store at once. */
const BATCH = 64

/**
 * Collects what a cycle writes and puts it to the store in small batches, at the latest when the event loop turns:
 * a process killed in between loses a link at most for objects that matching finds again.
 */
export class Recorder {
  readonly #store: TenantStore
  readonly #jobId: string
  readonly #pending: (() => void)[] = []
  readonly #links = new Map<string, Link | null>()
  readonly #outcomes = new Map<string, { objectType: ObjectType; outcome: Outcome }>()
  #scheduled = false
  /** Told of each entry of the provisioning log. */
  onLog: (entry: LogRecord) => void = () => {}
  /** Requests that changed the target. */
  exports = 0
  references = 0
  referenceFailures = 0
  /** Objects looked at that are assigned, and those of them that are to be provisioned. */
  entitled = 0
  entitledForProvisioning = 0
  /** Objects that failed for so long that they are not tried again. */
  givenUp = 0
  /** Objects that failed in an initial cycle and are not tried again. */
  pruned = 0
  /** Deletions carried out, in this cycle or before, of those that exceed the threshold; the others are held. */
  deletionsLetThrough = 0

  constructor(store: TenantStore, jobId: string) {
    this.#store = store
    this.#jobId = jobId
  }

  link(objectId: string): Link | null {
    const pending = this.#links.get(objectId)
    if (pending !== undefined) return pending
    return this.#store.links.get(`${this.#jobId}/${objectId}`) ?? null
  }

  /** Whether another source object has an active link to an object of the target. */
  isTaken(targetId: string, objectId: string): boolean {
    const pending = [...this.#links.values()].filter((link) => link?.targetId === targetId)
    const links: (Link | null)[] = [...pending, ...this.#store.linksTo(this.#jobId, targetId)]
    return links.some((link) => link && link.objectId !== objectId && !link.disabled && !link.unmanaged)
  }

  putLink(link: Link): void {
    this.#links.set(link.objectId, link)
    this.#write(() => this.#store.links.put(`${link.jobId}/${link.objectId}`, link))
  }

  dropLink(objectId: string): void {
    this.#links.set(objectId, null)
    this.#write(() => unlink(this.#store, this.#jobId, objectId))
  }

  membership(groupId: string, memberId: string): Membership | undefined {
    return this.#store.memberships.get(`${this.#jobId}/${groupId}/${memberId}`)
  }

  /** @param membership null: the member is none, or waits for a retry */
  putMembership(groupId: string, memberId: string, membership: Membership | null): void {
    const key = `${this.#jobId}/${groupId}/${memberId}`
    this.#write(() => {
      const { memberships } = this.#store
      if (membership === null) memberships.delete(key)
      else if (memberships.get(key) !== membership) memberships.put(key, membership)
    })
  }

  /** What changed of the group's members could not be written: all of them are to be looked at again. */
  unsettle(groupId: string): void {
    const link = this.link(groupId)
    if (link?.membersSettled) this.putLink({ ...link, membersSettled: false })
  }

  escrow(objectId: string): Escrow | undefined {
    return this.#store.escrows.get(`${this.#jobId}/${objectId}`)
  }

  putEscrow(escrow: Escrow): void {
    this.#write(() => this.#store.escrows.put(`${escrow.jobId}/${escrow.objectId}`, escrow))
  }

  dropEscrow(objectId: string): void {
    if (this.escrow(objectId)) this.#write(() => this.#store.escrows.delete(`${this.#jobId}/${objectId}`))
  }

  /** Takes an object that has failed for too long out of escrow. */
  giveUp(objectId: string): void {
    this.givenUp += 1
    this.dropEscrow(objectId)
  }

  /** Forgets that an object failed. */
  prune(objectId: string): void {
    this.pruned += 1
    this.dropEscrow(objectId)
  }

  log(entry: LogRecord): void {
    this.onLog(entry)
    this.#write(() => this.#store.log.put(entry.id, entry))
  }

  /** The first outcome of an object counts, except that a later change or failure outweighs "skipped". */
  outcome(objectType: ObjectType, objectId: string, outcome: Outcome): void {
    const before = this.#outcomes.get(objectId)?.outcome
    if (before === undefined || before === 'skipped' || outcome === 'failed') {
      this.#outcomes.set(objectId, { objectType, outcome })
    }
  }

  outcomeOf(objectId: string): Outcome | undefined {
    return this.#outcomes.get(objectId)?.outcome
  }

  counts(objectType: ObjectType): CycleCounts {
    const counts: CycleCounts = { created: 0, updated: 0, disabled: 0, deleted: 0, skipped: 0, failed: 0 }
    for (const entry of this.#outcomes.values()) if (entry.objectType === objectType) counts[entry.outcome] += 1
    return counts
  }

  flush(): void {
    if (this.#pending.length === 0) return
    const writes = this.#pending.splice(0)
    this.#links.clear()
    // A job that was removed meanwhile leaves nothing behind.
    if (!this.#store.jobs.get(this.#jobId)) return
    this.#store.batch(() => {
      for (const write of writes) write()
    })
  }

  #write(write: () => void): void {
    this.#pending.push(write)
    if (this.#pending.length >= BATCH) this.flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        this.flush()
      })
    }
  }
}
