import { randomUUID } from 'node:crypto'
import type { Job } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import { quarantineOf } from './notice.ts'

/**
 * Enters a quarantine that has just begun into the audit log: as the activity "Quarantine", by the service itself. What
 * else the entry holds is inferred.
 * Source: Microsoft Learn, "Application provisioning in quarantine status".
 * @param before the job as it was until then
 * @param at ISO 8601
 */
export function auditQuarantine(store: TenantStore, before: Job, after: Job, at: string): void {
  const quarantine = quarantineOf(after)
  const application = store.servicePrincipals.get(after.servicePrincipalId)
  if (!quarantine || quarantineOf(before) || !application) return
  const id = `Directory_${randomUUID()}`
  const { displayName } = application
  store.audits.put(id, {
    id,
    at,
    activity: 'Quarantine',
    category: 'ProvisioningManagement',
    service: 'Account Provisioning',
    operation: 'Update',
    by: { app: { appId: null, displayName: 'Azure AD Provisioning Service', servicePrincipalId: null } },
    targets: [
      {
        id: application.id,
        type: 'ServicePrincipal',
        displayName,
        modified: [{ name: 'Quarantine', before: null, after: JSON.stringify(quarantine.reason) }],
      },
    ],
  })
}
