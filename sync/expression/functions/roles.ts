import { type Complex, isList, type Value } from '../../values.ts'
import { define, type FunctionDefinition } from './define.ts'

/** Element type that the service writes into SCIM `roles`. */
const ROLE_TYPE = 'WindowsAzureActiveDirectoryRole'

/** Assigned roles as `{ id, displayName, value }`, in the source attribute `appRoleAssignments`. */
const assigned = (value: Value | undefined): readonly Complex[] =>
  value !== undefined && isList(value) ? (value as readonly Complex[]) : []

const nameOf = (role: Complex): string => String(role.value || role.displayName || '')

const asRoles = (roles: readonly Complex[], nameKey: 'display' | 'displayName'): Value =>
  roles.length === 0
    ? null
    : roles.map((role) => ({
        primary: false,
        type: ROLE_TYPE,
        [nameKey]: String(role.displayName ?? ''),
        value: nameOf(role),
      }))

/** Source: Microsoft Learn, "Customize user provisioning attribute mappings", provisioning a role to a SCIM app. */
export const ROLES: FunctionDefinition[] = [
  define('SingleAppRoleAssignment(appRoleAssignments)', ([roles]) => {
    const first = assigned(roles)[0]
    return first ? nameOf(first) : null
  }),
  define('AppRoleAssignments(source)', ([roles]) => assigned(roles).map(nameOf)),
  define('AppRoleAssignmentsComplex(appRoleAssignments)', ([roles]) => asRoles(assigned(roles), 'displayName')),
  define('AssertiveAppRoleAssignmentsComplex(appRoleAssignments)', ([roles]) => asRoles(assigned(roles), 'display')),
]
