import type { TenantStore } from '../tenant/store.ts'

/** Forgets what an object is linked to, and of a group what was done about its members. */
export function unlink(store: TenantStore, jobId: string, objectId: string): void {
  for (const member of store.membersOf(jobId, objectId)) store.memberships.delete(`${jobId}/${objectId}/${member}`)
  store.links.delete(`${jobId}/${objectId}`)
}
