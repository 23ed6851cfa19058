import { type Resource, writePath } from './path.ts'
import type { RoleWrite } from './roles.ts'
import type { Target, TargetValue } from './target.ts'

export const CORE_USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const CORE_GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const ADSCIM_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'

/** A value to be written and where. */
export interface Write {
  target: Target
  value: TargetValue
  /**
   * `always`: also when the target holds it already; `ifAbsent`: only when it holds nothing; `addValues`: only those of
   * several values that it lacks.
   */
  condition?: 'always' | 'ifAbsent' | 'addValues'
  /** The value was made of app roles, which have PATCH forms of their own. */
  roles?: RoleWrite
  redacted?: boolean
}

/**
 * Body of the POST that creates a user or a group, references left out: those are written in a later step.
 * Both user schemas are listed whatever is mapped, custom extensions never.
 * Source: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint", create requests.
 */
export function createBody(objectType: 'user' | 'group', writes: readonly Write[]): Resource {
  const body: Resource =
    objectType === 'user' ? { schemas: [CORE_USER, ENTERPRISE_USER] } : { schemas: [CORE_GROUP, ADSCIM_GROUP] }
  for (const { target, value } of writes) writePath(body, target.path, value)
  markPrimary(body)
  if (objectType === 'user') body.roles ??= []
  body.meta = { resourceType: objectType === 'user' ? 'User' : 'Group' }
  return body
}

/** The work address is the primary one, and a role carries the service's own type. */
function markPrimary(body: Resource): void {
  for (const email of (body.emails ?? []) as Resource[]) {
    if (email.type === 'work') email.primary = true
  }
  for (const role of (body.roles ?? []) as Resource[]) role.type ??= 'WindowsAzureActiveDirectoryRole'
}
