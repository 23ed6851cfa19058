import type { Rules } from '../../../sync/rules.ts'
import type { Job } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import type { Entitlement } from './entitlement.ts'
import { isDue } from './escrow.ts'

/** Objects that a cycle looks at. */
export interface Candidates {
  users: Set<string>
  groups: Set<string>
  /** By group, members who joined or left it and those who are tried again. */
  members: Map<string, Set<string>>
  /** Changes read from the directory. */
  deltas: number
}

/** Everything in scope and everything linked. */
export function initialCandidates(store: TenantStore, job: Job, entitlement: Entitlement): Candidates {
  const candidates = { users: entitlement.users(), groups: entitlement.groups(), members: new Map(), deltas: 0 }
  for (const link of store.linksOf(job.id))
    candidates[link.objectType === 'user' ? 'users' : 'groups'].add(link.objectId)
  return candidates
}

/**
 * What changed since the watermark, whom those changes brought into or out of scope, and what failed before and is to
 * be tried again. The cost is that of the changes, whatever the size of the directory.
 */
export function incrementalCandidates(
  store: TenantStore,
  job: Job,
  entitlement: Entitlement,
  rules: Rules,
  now: number,
): Candidates {
  const changes = store.changesSince(job.watermark!)
  const found: Candidates = { users: new Set(), groups: new Set(), members: new Map(), deltas: changes.length }
  const scope = new ScopeChanges(store, job, entitlement, found)
  const readsRoles = rules.user?.readsRoles === true
  for (const { kind, id, touches = [] } of changes) {
    if (kind === 'user') found.users.add(id)
    else if (kind === 'group') {
      found.groups.add(id)
      for (const member of touches) lookAtMember(found, id, member)
      const mayChangeRoles = readsRoles && entitlement.group(id)
      for (const member of touches) scope.look(member, mayChangeRoles)
    } else if (id === job.servicePrincipalId) {
      for (const principal of touches) {
        scope.look(principal, readsRoles)
        for (const member of store.groups.get(principal)?.memberIds ?? []) scope.look(member, readsRoles)
      }
    }
  }
  addRetries(found, store, job, rules, now)
  return found
}

/** Adds objects whose scope and link disagree: those to be provisioned that are not, and the other way round. */
class ScopeChanges {
  readonly #store: TenantStore
  readonly #job: Job
  readonly #entitlement: Entitlement
  readonly #found: Candidates

  constructor(store: TenantStore, job: Job, entitlement: Entitlement, found: Candidates) {
    this.#store = store
    this.#job = job
    this.#entitlement = entitlement
    this.#found = found
  }

  /** @param outright a user is added whatever the scope, since roles may be others now */
  look(id: string, outright: boolean): void {
    const link = this.#store.links.get(`${this.#job.id}/${id}`)
    const active = link !== undefined && !link.disabled && link.unmanaged !== true
    // What was deleted for good is known by its link alone.
    const isGroup = link ? link.objectType === 'group' : this.#store.groups.get(id) !== undefined
    if (isGroup) {
      if (this.#entitlement.group(id) !== active) this.#found.groups.add(id)
    } else if (outright || this.#entitlement.user(id) !== active) this.#found.users.add(id)
  }
}

function lookAtMember({ groups, members }: Candidates, groupId: string, memberId: string): void {
  groups.add(groupId)
  const ofGroup = members.get(groupId)
  if (ofGroup) ofGroup.add(memberId)
  else members.set(groupId, new Set([memberId]))
}

/** Entries in escrow that changed or whose time has come, and those whose reference to one of them had to wait for it. */
function addRetries(found: Candidates, store: TenantStore, job: Job, rules: Rules, now: number): void {
  const retried = new Set<string>()
  for (const escrow of store.escrows.values()) {
    const candidates = found[escrow.objectType === 'user' ? 'users' : 'groups']
    if (escrow.jobId !== job.id || !(candidates.has(escrow.objectId) || isDue(escrow, job, now))) continue
    candidates.add(escrow.objectId)
    if (escrow.objectType === 'user') retried.add(escrow.objectId)
  }
  for (const id of retried) for (const group of store.groupsOf(id)) lookAtMember(found, group, id)
  const mapsManager = rules.user?.references.some(({ sourceAttribute }) => sourceAttribute === 'manager')
  if (mapsManager) for (const id of retried) for (const report of store.reportsOf(id)) found.users.add(report)
}
