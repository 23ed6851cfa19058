import type { ServicePrincipal } from '../../tenant/model.ts'
import { servicePrincipalsOf } from '../lookup.ts'
import type { GraphServices } from '../request.ts'

/**
 * Delete into the deleted items: its jobs and secrets are gone for good, its assignments wait for a restore.
 * @param deletedDateTime the application's own where it goes with its application
 */
export function removeServicePrincipal(
  { tenant, provisioning }: GraphServices,
  principal: ServicePrincipal,
  deletedDateTime: string,
): void {
  for (const job of [...tenant.jobs.values()]) {
    if (job.servicePrincipalId === principal.id) provisioning.remove(job.id)
  }
  tenant.secrets.delete(principal.id)
  tenant.servicePrincipals.put(principal.id, { ...principal, deletedDateTime })
}

/** Remove an object that others refer to, and the references. */
export function purge(services: GraphServices, id: string): void {
  const { tenant } = services
  tenant.batch(() => {
    for (const assignment of [...tenant.assignmentsOf(id), ...tenant.assignmentsTo(id)]) {
      tenant.assignments.delete(assignment.id)
    }
    for (const groupId of tenant.groupsOf(id)) {
      const group = tenant.groups.get(groupId)!
      tenant.groups.put(groupId, { ...group, memberIds: group.memberIds.filter((member) => member !== id) })
    }
    tenant.users.delete(id)
    tenant.groups.delete(id)
    tenant.applications.delete(id)
    tenant.servicePrincipals.delete(id)
    tenant.credentials.delete(id)
  })
}

/** Remove an object of the deleted items for good; an application takes its service principals along. */
export function purgeDeleted(services: GraphServices, id: string): void {
  const { tenant } = services
  const application = tenant.applications.get(id)
  tenant.batch(() => {
    if (application) {
      tenant.credentials.delete(application.appId)
      tenant.federatedCredentials.delete(id)
      tenant.synchronizationTemplates.delete(application.appId)
      for (const principal of servicePrincipalsOf(services, application.appId)) purge(services, principal.id)
    }
    purge(services, id)
  })
}

const RETENTION_DAYS = 30

/** Deleted items are kept for 30 days (Graph: directory, deletedItems). */
export function purgeExpired(services: GraphServices): void {
  const { tenant, clock } = services
  const limit = clock.now() - RETENTION_DAYS * 86_400_000
  for (const [id, collection] of [...tenant.deletedItems]) {
    const object = tenant[collection].get(id)
    if (object?.deletedDateTime && Date.parse(object.deletedDateTime) <= limit) purgeDeleted(services, id)
  }
}
