import { type MaybeUnknown, UNKNOWN } from '../resource.ts'

/** Whether all of it is known, at any depth. */
export function isKnown<T>(value: MaybeUnknown<T>): value is MaybeUnknown<T> & T {
  const part: unknown = value
  if (part === UNKNOWN) return false
  return typeof part !== 'object' || part === null || Object.values(part).every((inner) => isKnown(inner))
}
