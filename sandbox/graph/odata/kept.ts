import type { Tenant } from '../../tenant/tenant.ts'
import type { Call } from '../request.ts'
import type { Sorted } from './order.ts'

/** Lists kept for a tenant: as many clients can page through sorted lists at a time before one of them sorts anew. */
const LISTS = 4

/** A sorted list, and the tenant's count of writes when it was made. */
interface Kept {
  writes: number
  entries: Sorted<unknown>[]
}

const lists = new WeakMap<Tenant, Map<string, Kept>>()

/** The list that an earlier page of the same request made; undefined once anything was written. */
export function keptList<T>(call: Call): Sorted<T>[] | undefined {
  const kept = lists.get(call.tenant)?.get(requestKey(call))
  return kept?.writes === call.tenant.writes ? (kept.entries as Sorted<T>[]) : undefined
}

/** Keeps a list for the pages that follow, in the place of the one that was used least recently. */
export function keepList(call: Call, entries: Sorted<unknown>[]): void {
  const ofTenant = lists.get(call.tenant) ?? new Map<string, Kept>()
  lists.set(call.tenant, ofTenant)
  const key = requestKey(call)
  ofTenant.delete(key)
  ofTenant.set(key, { writes: call.tenant.writes, entries })
  if (ofTenant.size > LISTS) ofTenant.delete(ofTenant.keys().next().value!)
}

/** What the items and their order depend on beside the tenant's state. */
function requestKey({ request: { caller, version, path, query } }: Call): string {
  const parameters = ['$filter', '$search', '$orderby'].map((name) => query.get(name))
  return JSON.stringify([caller.objectId, version, path, parameters])
}
