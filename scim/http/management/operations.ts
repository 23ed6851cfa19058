import { auditOperations } from './audit.ts'
import { configurationOperations } from './configurations.ts'
import { groupOperations } from './groups.ts'
import type { Operation } from './operation.ts'
import { resourceOperations } from './resources.ts'
import { secretOperations } from './secrets.ts'
import { signingKeyOperations } from './signing-keys.ts'
import { tenantOperations } from './tenants.ts'
import { userOperations } from './users.ts'

/** The management API: its routes and its description are made of these. */
export const operations: Operation[] = [
  ...tenantOperations,
  ...configurationOperations,
  ...secretOperations,
  ...groupOperations,
  ...userOperations,
  ...resourceOperations,
  ...auditOperations,
  ...signingKeyOperations,
]
