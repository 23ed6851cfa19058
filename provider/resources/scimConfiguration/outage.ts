import { ApiError } from './api.ts'
import { isStarting, isWithoutRole } from './patience.ts'

/** Begins what is said of a configuration that could not be read; who looks for drift tells it by these words. */
export const NOT_READ = 'not looked at, and taken to be as the state has it: '

/**
 * Whether an error leaves open what there is: the service is down, or does not let this caller in. An update may be what
 * repairs either, and it reads first.
 *
 * @param hasRoles whether the caller comes with a token from Entra, whose role and application the same stack makes
 */
export function hidesState(error: unknown, hasRoles: boolean): boolean {
  if (isStarting(error) || (hasRoles && isWithoutRole(error))) return true
  if (!(error instanceof ApiError)) return false
  return error.status >= 500 || error.status === 403 || (hasRoles && error.status === 401)
}
