import type { Operation } from './patch.ts'
import { isElement, parsePath, type Resource, writePath } from './path.ts'

/** A small SCIM target for tests: applies add and replace operations in both dialects (RFC 7644 §3.5.2). */
export function applyOperations(resource: Resource, operations: readonly Operation[]): Resource {
  const result = structuredClone(resource)
  for (const { path, value } of operations) {
    if (path === undefined) {
      for (const [key, one] of Object.entries(value as Resource)) set(result, key, one)
    } else set(result, path, value)
  }
  return result
}

function set(resource: Resource, text: string, value: unknown): void {
  const path = parsePath(text)
  const list = resource[path.attribute]
  if (path.element && Array.isArray(list) && list.some((one) => isElement(one, path.element!))) {
    const element = list.find((one) => isElement(one, path.element!))
    if (path.sub !== null) element[path.sub] = value
    return
  }
  writePath(resource, path, value === 'True' ? true : value === 'False' ? false : value)
}
