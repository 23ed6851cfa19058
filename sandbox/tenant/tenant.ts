import { ChangeLog, touchesOf } from './changes.ts'
import { ObservedCollection, type OnWrite } from './collection.ts'
import { DeltaLog } from './deltaLog.ts'
import type { Write } from './journal.ts'
import { Lag } from './lag.ts'
import { LinkIndex } from './linkIndex.ts'
import type {
  Application,
  AppRoleAssignment,
  AuditRecord,
  Cycle,
  Escrow,
  Group,
  Job,
  Link,
  LogRecord,
  Membership,
  SecretSet,
  ServicePrincipal,
  SynchronizationTemplate,
  User,
} from './model.ts'
import { MultiMap } from './multimap.ts'
import type { Change, TenantStore } from './store.ts'
import { touchedBy } from './touches.ts'

/** A secret of an application or service principal, as login checks it. */
export interface Credential {
  keyId: string
  secret: string
}

/** Graph's federatedIdentityCredential: tokens of `issuer` for `subject` stand for the application. */
export interface FederatedCredential {
  id: string
  name: string
  issuer: string
  subject: string
  audiences: string[]
  description: string | null
}

/** What the sandbox keeps beside the tenant's own objects. */
export interface Keepsakes {
  clockOffsetSeconds?: number
  settings?: Record<string, unknown>
}

/** A state by collection: its values by key, and which of them are not the generated ones. */
export type Snapshot = ReadonlyMap<string, SnapshotPart>
interface SnapshotPart {
  values: ReadonlyMap<string, unknown>
  touched: readonly string[]
}

/** Where writes go to last; absent while state is loaded, and for a tenant in memory only. */
export interface Sink {
  append(writes: Write[]): void
}

/** Collections whose writes are directory changes. */
const CHANGE_KIND: Partial<Record<string, Change['kind']>> = {
  users: 'user',
  groups: 'group',
  assignments: 'assignment',
}

type DeletableCollection = 'users' | 'groups' | 'applications' | 'servicePrincipals'
const DELETABLE: ReadonlySet<string> = new Set(['users', 'groups', 'applications', 'servicePrincipals'])

/** Keys written since the generated state; of directory objects with the newest change and all that the changes touch. */
type Touched = Map<string, { revision?: number; owner?: string; touches?: readonly string[] }>

/** Of anything but directory objects: made since, and then forgotten when deleted; or changed since. */
const MADE = {}
const CHANGED = {}

/** The tenant's state in memory, with indexes; every write is handed to the sink before it returns. */
export class Tenant implements TenantStore {
  readonly tenantId: string
  /** What Graph's readers do not see yet. */
  readonly lag = new Lag()
  /** For Graph's delta queries. */
  readonly deltas = new DeltaLog()
  readonly #changes = new ChangeLog()
  readonly #touched = new Map<string, Touched>()
  readonly #collections = new Map<string, ObservedCollection<unknown>>()
  readonly #byResource = new MultiMap()
  readonly #byPrincipal = new MultiMap()
  readonly #byMember = new MultiMap()
  readonly #byManager = new MultiMap()
  readonly #linkIndex = new LinkIndex()
  /** Member ids by what stands before them in the keys of memberships. */
  readonly #members = new MultiMap()
  readonly #byName = new Map<string, string>()
  /** Objects in the deleted items, with the collection they are kept in. */
  readonly deletedItems = new Map<string, DeletableCollection>()
  #writes = 0
  #sink: Sink | undefined
  #pending: Write[] | undefined
  #seeding = true
  #restoring: Write | undefined

  readonly users = this.#collection<User>('users', (key, now, before) => {
    const former = before?.userPrincipalName.toLowerCase()
    // The name of a deleted user may be somebody else's by now.
    if (former !== undefined && this.#byName.get(former) === key) this.#byName.delete(former)
    if (now) this.#byName.set(now.userPrincipalName.toLowerCase(), key)
    reindex(this.#byManager, key, before?.managerId ?? undefined, now?.managerId ?? undefined)
    if (!this.#loading && before?.managerId !== now?.managerId) {
      this.deltas.noteReferences(this.revision + 1, key, managerOf(before), managerOf(now))
    }
  })
  readonly groups = this.#collection<Group>('groups', (key, now, before) => {
    const wanted = new Set(now?.memberIds)
    for (const member of before?.memberIds ?? []) if (!wanted.has(member)) this.#byMember.remove(member, key)
    for (const member of wanted) this.#byMember.add(member, key)
    if (this.#loading) return
    this.deltas.noteReferences(this.revision + 1, key, before?.memberIds ?? [], now?.memberIds ?? [])
  })
  readonly applications = this.#collection<Application>('applications')
  readonly servicePrincipals = this.#collection<ServicePrincipal>('servicePrincipals', (key) => {
    if (!this.#loading) this.deltas.notePrincipal(key)
  })
  readonly assignments = this.#collection<AppRoleAssignment>('assignments', (key, now, before) => {
    reindex(this.#byResource, key, before?.resourceId, now?.resourceId)
    reindex(this.#byPrincipal, key, before?.principalId, now?.principalId)
  })
  readonly secrets = this.#collection<SecretSet>('secrets')
  readonly jobs = this.#collection<Job>('jobs')
  readonly links = this.#collection<Link>('links', (...write) => this.#linkIndex.changed(...write))
  readonly memberships = this.#collection<Membership>('memberships', (key, now, before) => {
    if ((now === undefined) === (before === undefined)) return
    const cut = key.lastIndexOf('/')
    const [group, member] = [key.slice(0, cut), key.slice(cut + 1)]
    if (now === undefined) this.#members.remove(group, member)
    else this.#members.add(group, member)
  })
  readonly escrows = this.#collection<Escrow>('escrows')
  readonly log = this.#collection<LogRecord>('log')
  readonly audits = this.#collection<AuditRecord>('audits')
  readonly cycles = this.#collection<Cycle>('cycles')
  /** By appId, and by object id of a service principal that has secrets of its own. */
  readonly credentials = this.#collection<Credential[]>('credentials')
  /** By object id of the application. */
  readonly federatedCredentials = this.#collection<FederatedCredential[]>('federatedCredentials')
  /** By appId. */
  readonly synchronizationTemplates = this.#collection<SynchronizationTemplate[]>('synchronizationTemplates')
  /** One entry, keyed `sandbox`. */
  readonly keepsakes = this.#collection<Keepsakes>('keepsakes')

  constructor(tenantId: string) {
    this.tenantId = tenantId
  }

  get #loading(): boolean {
    return this.#seeding || this.#restoring !== undefined
  }

  get revision(): number {
    return this.#changes.revision
  }

  /** Grows with each write to whatever it is. */
  get writes(): number {
    return this.#writes
  }

  changesSince(revision: number): Change[] {
    return this.#changes.since(revision)
  }

  assignmentsOf(servicePrincipalId: string): AppRoleAssignment[] {
    return this.#byResource.of(servicePrincipalId).map((id) => this.assignments.get(id)!)
  }

  /** Assignments that a user, group or service principal has, by index. */
  assignmentsTo(principalId: string): AppRoleAssignment[] {
    return this.#byPrincipal.of(principalId).map((id) => this.assignments.get(id)!)
  }

  linksOf(jobId: string): Link[] {
    return this.#linkIndex.ofJob(jobId).map((key) => this.links.get(key)!)
  }

  linksTo(jobId: string, targetId: string): Link[] {
    return this.#linkIndex.toTarget(jobId, targetId).map((key) => this.links.get(key)!)
  }

  membersOf(jobId: string, groupId: string): string[] {
    return this.#members.of(`${jobId}/${groupId}`)
  }

  linkCount(jobId: string, objectType: Link['objectType']): number {
    return this.#linkIndex.count(jobId, objectType)
  }

  groupsOf(objectId: string): string[] {
    return this.#byMember.of(objectId)
  }

  reportsOf(managerId: string): string[] {
    return this.#byManager.of(managerId)
  }

  /** Case does not count in a user principal name. */
  userByName(userPrincipalName: string): User | undefined {
    const id = this.#byName.get(userPrincipalName.toLowerCase())
    return id === undefined ? undefined : this.users.get(id)
  }

  batch<R>(work: () => R): R {
    if (this.#pending) return work()
    this.#pending = []
    try {
      return work()
    } finally {
      const writes = this.#pending
      this.#pending = undefined
      if (writes.length > 0) this.#sink?.append(writes)
    }
  }

  /** The generated state is complete: what is written from here on differs from it, and counts as change. */
  seeded(): void {
    this.#seeding = false
  }

  /** Take up a write of an earlier process. */
  restore(write: Write): void {
    const collection = this.#collections.get(write.c)
    if (!collection) throw new Error(`The journal names an unknown collection "${write.c}": it is of another version.`)
    this.#restoring = write
    if (write.v !== null) collection.put(write.k, write.v)
    else if (!collection.delete(write.k)) this.#restoreDeletion(write)
    this.#restoring = undefined
  }

  /** Everything as it is now; cheap, since values are never changed in place. */
  snapshot(): Snapshot {
    const parts = Array.from(this.#collections, ([name, collection]): [string, SnapshotPart] => [
      name,
      { values: new Map(collection.entries()), touched: [...this.#touched.get(name)!.keys()] },
    ])
    return new Map(parts)
  }

  /** Put another state, this one's at another time or the generated one, in the place of what was written since then. */
  returnTo(then: Snapshot): void {
    this.lag.clear()
    this.batch(() => {
      for (const [name, { values, touched }] of then) {
        const now = this.#collections.get(name)!
        for (const key of new Set([...this.#touched.get(name)!.keys(), ...touched])) {
          const value = values.get(key)
          if (value === undefined) now.delete(key)
          else if (value !== now.get(key)) now.put(key, value)
        }
      }
    })
  }

  /** From here on writes go to `sink`. */
  attach(sink: Sink): void {
    this.#sink = sink
  }

  /** How many writes `differences` gives. */
  countDifferences(): number {
    let count = 0
    for (const keys of this.#touched.values()) count += keys.size
    return count
  }

  /** The shortest list of writes that leads from the generated state to this one, directory changes in their order. */
  *differences(): Generator<Write> {
    const directory: Write[] = []
    for (const [c, keys] of this.#touched) {
      const collection = this.#collections.get(c)!
      for (const [k, { revision, owner, touches }] of keys) {
        const write: Write = { c, k, v: collection.get(k) ?? null, r: revision, o: owner, t: touches }
        if (revision === undefined) yield write
        else directory.push(write)
      }
    }
    yield* directory.sort((a, b) => a.r! - b.r!)
  }

  #collection<T>(name: string, index?: OnWrite<T>): ObservedCollection<T> {
    const touched: Touched = new Map()
    const kind = CHANGE_KIND[name]
    const collection = new ObservedCollection<T>((key, now, before) => {
      this.#writes += 1
      this.lag.note(name, key, before, this.revision, this.deltas.principalRevision)
      index?.(key, now, before)
      if (DELETABLE.has(name)) {
        if ((now as { deletedDateTime?: string | null } | undefined)?.deletedDateTime) {
          this.deletedItems.set(key, name as DeletableCollection)
        } else this.deletedItems.delete(key)
      }
      if (this.#seeding) return
      if (!kind) {
        if (now === undefined && touched.get(key) === MADE) touched.delete(key)
        else if (!touched.has(key)) touched.set(key, before === undefined ? MADE : CHANGED)
        this.#write({ c: name, k: key, v: now ?? null })
        return
      }
      const owner = name === 'assignments' ? ((now ?? before) as AppRoleAssignment | undefined)?.resourceId : undefined
      const touches = this.#restoring ? this.#restoring.t : touchedBy(kind, now, before)
      const revision = this.#change({ kind, id: owner ?? key, ...(touches ? { touches } : {}) })
      const all = touchesOf(touched.get(key), { touches }).touches
      const ownerOfGone = now === undefined ? owner : undefined
      touched.set(key, { revision, owner: ownerOfGone, touches: all })
      this.#write({ c: name, k: key, v: now ?? null, r: revision, o: ownerOfGone, t: touches })
    })
    this.#touched.set(name, touched)
    this.#collections.set(name, collection as ObservedCollection<unknown>)
    return collection
  }

  /** What was made and deleted again since the generated state is known to readers of changes all the same. */
  #restoreDeletion({ c, k, r, o, t }: Write): void {
    if (r === undefined) return
    this.#changes.restore({ revision: r, kind: CHANGE_KIND[c]!, id: o ?? k, ...(t ? { touches: t } : {}) })
    this.#touched.get(c)!.set(k, { revision: r, owner: o, touches: t })
  }

  #change(change: Omit<Change, 'revision'>): number {
    const revision = this.#restoring?.r
    if (revision === undefined) return this.#changes.add(change)
    this.#changes.restore({ ...change, revision, id: this.#restoring?.o ?? change.id })
    return revision
  }

  #write(write: Write): void {
    if (this.#restoring) return
    if (this.#pending) this.#pending.push(write)
    else this.#sink?.append([write])
  }
}

const managerOf = (user: User | undefined): string[] => (user?.managerId ? [user.managerId] : [])

function reindex(index: MultiMap, key: string, before: string | undefined, now: string | undefined): void {
  if (before === now) return
  if (before !== undefined) index.remove(before, key)
  if (now !== undefined) index.add(now, key)
}
