import { badRequest } from '../errors.ts'
import type { Call } from '../request.ts'
import { objectView } from '../shape/objects.ts'

/** Objects that an expanded collection shows at most (Graph: use the $expand query parameter). */
const LIMIT = 20
const EXPAND = /^(\w+)(?:\(\$select=([^)]*)\))?$/

/**
 * What `$expand` adds to an object: `owners`, or `owners($select=id,displayName)`.
 * @param collections object ids by navigation property
 * @throws GraphFailure 400 for a property that cannot be expanded
 */
export function expanded(call: Call, collections: Record<string, () => readonly string[]>): Record<string, unknown> {
  const expand = call.request.query.get('$expand')
  if (!expand) return {}
  const [, name, selected] = EXPAND.exec(expand) ?? []
  const ids = name !== undefined && Object.hasOwn(collections, name) ? collections[name] : undefined
  if (!ids) {
    const known = Object.keys(collections).join(', ')
    throw badRequest(`Parsing OData Select and Expand failed: '${expand}' is not one of ${known}.`, 'BadRequest')
  }
  const shown = ids().flatMap((id) => objectView(call, id, selected ?? null) ?? [])
  return { [name!]: shown.slice(0, LIMIT) }
}
