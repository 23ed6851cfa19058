import type { Complex } from '../values.ts'
import type { Dialect, Operation } from './patch.ts'

/** The three functions that provision app roles, by what a PATCH does with the roles that are there. */
export type RoleForm = 'single' | 'complex' | 'assertive'

/** Roles as assigned, beside the value that the mapping makes of them. */
export interface RoleWrite {
  form: RoleForm
  /** `{ id, displayName, value }` each. */
  assigned: readonly Complex[]
}

/** Form by the function that a mapping's expression begins with. */
export const ROLE_FORM: Readonly<Record<string, RoleForm>> = {
  SingleAppRoleAssignment: 'single',
  AppRoleAssignmentsComplex: 'complex',
  AssertiveAppRoleAssignmentsComplex: 'assertive',
}

const nameOf = ({ value, displayName }: Complex): string => String(value || displayName || '')

/** Names of the roles that a target holds; the legacy PATCH leaves JSON text in place of a name. */
function heldNames(held: unknown): Set<string> {
  const list = Array.isArray(held) ? (held as { value?: unknown }[]) : []
  return new Set(
    list.map(({ value }) => {
      const text = String(value ?? '')
      return text.startsWith('{') ? nameOf(JSON.parse(text) as Complex) : text
    }),
  )
}

/** Whether the roles at the target are not those assigned; only the assertive form minds roles beyond those. */
export function rolesDiffer({ form, assigned }: RoleWrite, held: unknown): boolean {
  const names = heldNames(held)
  const wanted = form === 'single' ? assigned.slice(0, 1) : assigned
  return wanted.some((role) => !names.has(nameOf(role))) || (form === 'assertive' && names.size > wanted.length)
}

/**
 * The operation that writes roles; null for a single role in the compliant dialect, which is written as any other value.
 * Source: Microsoft Learn, "Customize user provisioning attribute mappings", provisioning a role to a SCIM app.
 * @param value what a POST carries
 */
export function roleOperation({ form, assigned }: RoleWrite, value: unknown, dialect: Dialect): Operation | null {
  if (form === 'assertive') return { op: 'replace', path: 'roles', value }
  if (dialect === 'legacy') {
    const written = form === 'single' ? assigned.slice(0, 1) : assigned
    return {
      op: 'Add',
      path: 'roles',
      value: written.map(({ id, value: name, displayName }) => ({
        value: JSON.stringify({ id, value: name, displayName }),
      })),
    }
  }
  return form === 'single' ? null : { op: 'add', path: 'roles', value }
}
