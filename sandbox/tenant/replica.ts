import type { DeltaLog } from './deltaLog.ts'
import type { Lag, Lagging } from './lag.ts'
import type { AppRoleAssignment, Group, User } from './model.ts'
import type { Change, Collection } from './store.ts'
import type { Tenant } from './tenant.ts'

/** The tenant as those see it whom late writes have not reached: for reading alone. */
export function replicaOf(tenant: Tenant): Tenant {
  const { lag } = tenant
  const users = new Behind<User>(tenant, 'users')
  const groups = new Behind<Group>(tenant, 'groups')
  const assignments = new Behind<AppRoleAssignment>(tenant, 'assignments')
  const assigned = (side: 'resourceId' | 'principalId', id: string, known: AppRoleAssignment[]) =>
    assignments.those(({ [side]: end }) => end === id, known)
  const seen: Partial<Record<keyof Tenant, unknown>> = {
    users,
    groups,
    assignments,
    applications: new Behind(tenant, 'applications'),
    servicePrincipals: new Behind(tenant, 'servicePrincipals'),
    secrets: new Behind(tenant, 'secrets'),
    jobs: new Behind(tenant, 'jobs'),
    federatedCredentials: new Behind(tenant, 'federatedCredentials'),
    assignmentsOf: (id: string) => assigned('resourceId', id, tenant.assignmentsOf(id)),
    assignmentsTo: (id: string) => assigned('principalId', id, tenant.assignmentsTo(id)),
    groupsOf(id: string) {
      const known = tenant.groupsOf(id).map((groupId) => tenant.groups.get(groupId)!)
      return groups.those(({ memberIds }) => memberIds.includes(id), known).map((group) => group.id)
    },
    userByName(name: string) {
      const holder = tenant.userByName(name)
      const isNamed = ({ userPrincipalName }: User) => userPrincipalName.toLowerCase() === name.toLowerCase()
      return users.those(isNamed, holder ? [holder] : [])[0]
    },
    revision: Math.min(tenant.revision, lag.revision),
    changesSince: (revision: number) => upTo(lag.revision, tenant.changesSince(revision)),
    deltas: deltasBehind(tenant.deltas, lag),
  }
  return new Proxy(tenant, {
    get(target, name) {
      if (Object.hasOwn(seen, name)) return seen[name as keyof Tenant]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const upTo = <T extends Pick<Change, 'revision'>>(last: number, changes: T[]): T[] =>
  changes.filter(({ revision }) => revision <= last)

type DeltaReader = Pick<DeltaLog, 'epoch' | 'principalRevision' | 'principalsSince' | 'referencesSince'>

const deltasBehind = (deltas: DeltaLog, lag: Lag): DeltaReader => ({
  epoch: deltas.epoch,
  principalRevision: Math.min(deltas.principalRevision, lag.principalRevision),
  principalsSince: (revision) => upTo(lag.principalRevision, deltas.principalsSince(revision)),
  referencesSince: (revision, id) => deltas.referencesSince(revision, id, lag.revision),
})

/** A collection as it was before its late writes. */
class Behind<T> implements Pick<Collection<T>, 'get' | 'values' | 'size'> {
  readonly #now: Collection<T>
  readonly #late: ReadonlyMap<string, { before: unknown }>

  constructor(tenant: Tenant, collection: Lagging) {
    this.#now = tenant[collection] as Collection<unknown> as Collection<T>
    this.#late = tenant.lag.of(collection)
  }

  get(key: string): T | undefined {
    const late = this.#late.get(key)
    return late ? (late.before as T | undefined) : this.#now.get(key)
  }

  *values(): IterableIterator<T> {
    const replaced = new Map(Array.from(this.#late, ([key, { before }]) => [this.#now.get(key), before as T]))
    for (const value of this.#now.values()) {
      const before = replaced.has(value) ? replaced.get(value) : value
      if (before !== undefined) yield before
    }
    for (const [key, { before }] of this.#late) {
      if (before !== undefined && this.#now.get(key) === undefined) yield before as T
    }
  }

  get size(): number {
    return [...this.values()].length
  }

  /** Those that pass, by an index of how things are now: `known` are the values that it finds. */
  those(passes: (value: T) => boolean, known: readonly T[]): T[] {
    const late = Array.from(this.#late, ([key, { before }]) => ({ now: this.#now.get(key), before: before as T }))
    const replaced = new Set(late.map(({ now }) => now))
    const unchanged = known.filter((value) => !replaced.has(value))
    return [...unchanged, ...late.flatMap(({ before }) => (before !== undefined && passes(before) ? [before] : []))]
  }
}
