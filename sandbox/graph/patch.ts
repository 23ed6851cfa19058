import type { Application, ServicePrincipal } from '../tenant/model.ts'
import { badRequest } from './errors.ts'
import { isOwn, isWritable } from './shape/applications.ts'

/**
 * The object with a client's changes: modelled properties in their places, further Graph properties kept as written.
 * @throws GraphFailure 400 for a property that does not exist or cannot be written
 */
export function applyChanges<T extends Application | ServicePrincipal>(
  kind: 'application' | 'servicePrincipal',
  object: T,
  changes: Record<string, unknown>,
): T {
  const changed: Record<string, unknown> = { ...object }
  const other = { ...object.other }
  for (const [name, value] of Object.entries(changes)) {
    if (!isWritable(kind, name)) throw badRequest(`Property '${name}' is invalid or read-only on resource '${kind}'.`)
    checkShape(kind, name, value)
    if (isOwn(kind, name)) changed[name] = value
    else other[name] = value
  }
  return { ...changed, other } as T
}

function checkShape(kind: string, name: string, value: unknown): void {
  const fits =
    name === 'tags' || name === 'appRoles'
      ? Array.isArray(value)
      : name === 'accountEnabled' || name === 'appRoleAssignmentRequired'
        ? typeof value === 'boolean'
        : name !== 'displayName' || (typeof value === 'string' && value !== '')
  if (!fits) throw badRequest(`Invalid value specified for property '${name}' of resource '${kind}'.`)
}
