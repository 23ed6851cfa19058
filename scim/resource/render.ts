import type { Json } from '../filter/match.ts'
import { enterpriseSchema, licenceSchema } from '../schema/extensions.ts'
import type { ResourceType } from '../schema/model.ts'

/** A resource as storage gives it. */
export interface Stored {
  id: string
  version: number
  attrs: Json
  created: Date
  modified: Date
  licence_type?: string | null
  licence_state?: string | null
  manager_name?: string | null
  groups?: { value: string; display: string; type: 'direct' | 'indirect' }[] | null
  members?: { value: string; type: 'User' | 'Group'; display: string }[] | null
}

export const entityTag = (version: number): string => `W/"${version}"`

/** The resource as clients see it. `base`: the tenant URL, without a slash at its end. */
export function render(type: ResourceType, stored: Stored, base: string): Json {
  const { attrs } = stored
  const location = `${base}${type.endpoint}/${stored.id}`
  const result: Json = { schemas: [type.core.id], id: stored.id, ...attrs }
  if (stored.groups?.length) {
    result.groups = stored.groups.map((group) => ({ ...group, $ref: `${base}/Groups/${group.value}` }))
  }
  if (stored.members?.length) {
    result.members = stored.members.map((member) => ({ ...member, $ref: `${base}/${member.type}s/${member.value}` }))
  }
  const enterprise = attrs[enterpriseSchema.id] as { manager?: Json } | undefined
  if (enterprise?.manager) {
    const { value } = enterprise.manager
    const manager = {
      value,
      $ref: `${base}/Users/${value}`,
      ...(stored.manager_name && { displayName: stored.manager_name }),
    }
    result[enterpriseSchema.id] = { ...enterprise, manager }
  }
  if (stored.licence_type) result[licenceSchema.id] = { type: stored.licence_type, state: stored.licence_state }
  result.schemas = [type.core.id, ...type.extensions.map(({ id }) => id).filter((id) => result[id] !== undefined)]
  result.meta = {
    resourceType: type.name,
    created: stored.created.toISOString(),
    lastModified: stored.modified.toISOString(),
    location,
    version: entityTag(stored.version),
  }
  return result
}
