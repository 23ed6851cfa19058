import type { ResourceType } from '../schema/model.ts'
import type { Queryable } from '../storage/database.ts'
import type { Tenant } from '../storage/tenants.ts'
import type { Writer } from '../storage/writes.ts'
import { type Leniences, leniencesOf } from '../tenant/profile.ts'

/** On whose behalf a SCIM request runs, and where; all that the protocol needs to know of its caller. */
export interface Session {
  database: Queryable
  tenant: Tenant
  /** Named in the audit trail. */
  actor: string
  access: 'full' | 'readOnly'
  /**
   * The id of the provisioning configuration whose client calls, which is the subject of its tokens. Users that it makes follow
   * its default licence.
   */
  configuration: string
  defaultLicence: string
  /** Where clients reach the tenant's SCIM endpoints, without a slash at the end. */
  tenantUrl: string
  /** What page cursors are signed with; the same in all replicas. */
  cursorKey: Buffer
}

export const typeOf = ({ tenant }: Session, { type }: { type: ResourceType['name'] }): ResourceType =>
  tenant.registry[type]

export const leniences = ({ tenant }: Session): Leniences => leniencesOf[tenant.settings.profile]

export const writerOf = ({ tenant, actor, configuration }: Session): Writer => ({
  tenant: tenant.id,
  actor,
  configuration,
  registry: tenant.registry,
})
