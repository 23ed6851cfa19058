import type { Rules } from '../../../sync/rules.ts'
import type { Job } from '../../tenant/model.ts'
import type { Change, TenantStore } from '../../tenant/store.ts'
import type { Entitlement } from './entitlement.ts'
import { isDue } from './escrow.ts'

/** Objects that a cycle looks at. */
export interface Candidates {
  users: Set<string>
  groups: Set<string>
  /** Changes read from the directory. */
  deltas: number
}

/** Everything in scope and everything linked. */
export function initialCandidates(store: TenantStore, job: Job, entitlement: Entitlement): Candidates {
  const candidates = { users: entitlement.users(), groups: entitlement.groups(), deltas: 0 }
  addLinked(candidates, store, job)
  return candidates
}

/**
 * What changed since the watermark, what failed before, and, when who is assigned may have changed, all whose scope
 * and link disagree.
 */
export function incrementalCandidates(
  store: TenantStore,
  job: Job,
  entitlement: Entitlement,
  rules: Rules,
  now: number,
): Candidates {
  const changes = store.changesSince(job.watermark!)
  const candidates: Candidates = { users: new Set(), groups: new Set(), deltas: changes.length }
  let assignmentsChanged = false
  let membersChanged = false
  for (const change of changes) {
    if (change.kind === 'user') candidates.users.add(change.id)
    else if (change.kind === 'group') {
      candidates.groups.add(change.id)
      membersChanged ||= isOurs(store, job, entitlement, change)
    } else if (change.id === job.servicePrincipalId) assignmentsChanged = true
  }
  if (assignmentsChanged || membersChanged) addDisagreeing(candidates, store, job, entitlement)
  if (assignmentsChanged && rules.user?.readsRoles) for (const id of entitlement.users()) candidates.users.add(id)
  for (const escrow of store.escrows.values()) {
    if (escrow.jobId !== job.id || !isDue(escrow, job, now)) continue
    candidates[escrow.objectType === 'user' ? 'users' : 'groups'].add(escrow.objectId)
    if (escrow.objectType === 'user') addReferrers(candidates, store, escrow.objectId, rules)
  }
  return candidates
}

/** An assigned group, or one that was provisioned and so may have been assigned until now. */
function isOurs(store: TenantStore, job: Job, entitlement: Entitlement, change: Change): boolean {
  return entitlement.group(change.id) || store.links.get(`${job.id}/${change.id}`) !== undefined
}

function addLinked(candidates: Candidates, store: TenantStore, job: Job): void {
  for (const link of store.linksOf(job.id)) {
    candidates[link.objectType === 'user' ? 'users' : 'groups'].add(link.objectId)
  }
}

/** In memory alone: those to be provisioned that are not, and those that are and should not be. */
function addDisagreeing(candidates: Candidates, store: TenantStore, job: Job, entitlement: Entitlement): void {
  const scopes = { user: entitlement.users(), group: entitlement.groups() }
  for (const link of store.linksOf(job.id)) {
    const entitled = scopes[link.objectType].delete(link.objectId)
    const active = !link.disabled && !(link as { unmanaged?: boolean }).unmanaged
    if (entitled !== active) candidates[link.objectType === 'user' ? 'users' : 'groups'].add(link.objectId)
  }
  for (const id of scopes.user) candidates.users.add(id)
  for (const id of scopes.group) candidates.groups.add(id)
}

/** Those whose reference to an object could not be written while it failed. */
function addReferrers(candidates: Candidates, store: TenantStore, userId: string, rules: Rules): void {
  for (const group of store.groupsOf(userId)) candidates.groups.add(group)
  if (!rules.user?.references.some((reference) => reference.sourceAttribute === 'manager')) return
  for (const user of store.users.values()) if (user.managerId === userId) candidates.users.add(user.id)
}
