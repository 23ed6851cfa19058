import { badRequest } from '../errors.ts'
import type { Call } from '../request.ts'
import { objectView } from '../shape/objects.ts'

/** Objects that an expanded collection shows at most (Graph: use the $expand query parameter). */
const LIMIT = 20
const EXPAND = /^(\w+)(?:\(\$select=([^)]*)\))?$/

/**
 * What `$expand` adds to an object: `owners`, or `owners($select=id,displayName)`.
 * @param properties object ids by navigation property; of one that leads to a single object its id, null where there is none
 * @throws GraphFailure 400 for a property that cannot be expanded
 */
export function expanded(
  call: Call,
  properties: Record<string, () => readonly string[] | string | null>,
): Record<string, unknown> {
  const expand = call.request.query.get('$expand')
  if (!expand) return {}
  const [, name, selected] = EXPAND.exec(expand) ?? []
  const leadsTo = name !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
  if (!leadsTo) {
    const known = Object.keys(properties).join(', ')
    throw badRequest(`Parsing OData Select and Expand failed: '${expand}' is not one of ${known}.`, 'BadRequest')
  }
  const found = leadsTo()
  const shown = [found ?? []].flat().flatMap((id) => objectView(call, id, selected ?? null) ?? [])
  if (Array.isArray(found)) return { [name!]: shown.slice(0, LIMIT) }
  return shown.length > 0 ? { [name!]: shown[0] } : {}
}
