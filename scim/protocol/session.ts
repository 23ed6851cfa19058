import type { Queryable } from '../storage/database.ts'
import type { Tenant } from '../storage/tenants.ts'

/** On whose behalf a SCIM request runs, and where; all that the protocol needs to know of its caller. */
export interface Session {
  database: Queryable
  tenant: Tenant
  /** Named in the audit trail. */
  actor: string
  /** The type of licence that users made in this session start with. */
  defaultLicence: string
  /** Where clients reach the tenant's SCIM endpoints, without a slash at the end. */
  tenantUrl: string
  /** What page cursors are signed with; the same in all replicas. */
  cursorKey: Buffer
}
