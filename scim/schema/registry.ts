import type { CustomExtension } from './custom.ts'
import { enterpriseSchema, infoSchema, licenceSchema } from './extensions.ts'
import { groupSchema } from './group.ts'
import { type Attribute, attribute, type ResourceType, type Schema } from './model.ts'
import { userSchema } from './user.ts'

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  core: userSchema,
  extensions: [enterpriseSchema, infoSchema, licenceSchema],
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  core: groupSchema,
  extensions: [],
}

/** The resource types of a tenant: those above with the extensions of its own. */
export interface Registry {
  User: ResourceType
  Group: ResourceType
  types: ResourceType[]
}

export function registryOf(extensions: CustomExtension[]): Registry {
  const extended = (type: ResourceType): ResourceType => ({
    ...type,
    extensions: [
      ...type.extensions,
      ...extensions.filter(({ resourceType }) => resourceType === type.name).map(({ schema }) => schema),
    ],
  })
  const [User, Group] = [extended(userType), extended(groupType)]
  return { User, Group, types: [User, Group] }
}

/** Attributes of every resource, in no schema's definition: RFC 7643 §3.1, and `schemas` of §3. */
export const commonAttributes: Attribute[] = [
  attribute('schemas', 'reference', 'The URIs of the schemas of the resource.', {
    multiValued: true,
    caseExact: false,
    returned: 'always',
    mutability: 'readOnly',
  }),
  attribute('id', 'string', 'The identifier given by the service.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'global',
  }),
  attribute('externalId', 'string', 'The identifier given by the client.', { caseExact: true }),
  attribute('meta', 'complex', 'Metadata of the resource.', {
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'string', 'The name of the resource type.', {
        caseExact: true,
        mutability: 'readOnly',
      }),
      attribute('created', 'dateTime', 'When the resource was created.', { mutability: 'readOnly' }),
      attribute('lastModified', 'dateTime', 'When the resource was last changed.', { mutability: 'readOnly' }),
      attribute('location', 'string', 'The URI of the resource.', { caseExact: true, mutability: 'readOnly' }),
      attribute('version', 'string', 'The entity tag of the resource.', { caseExact: true, mutability: 'readOnly' }),
    ],
  }),
]

/** An attribute as a path names it. `schema` is set for attributes of extensions, which live below their URN. */
export interface ResolvedAttribute {
  schema?: Schema
  attribute: Attribute
  sub?: Attribute
}

const byName = new WeakMap<Attribute[], Map<string, Attribute>>()

export function findAttribute(attributes: Attribute[] | undefined, name: string): Attribute | undefined {
  if (!attributes) return undefined
  const known = byName.get(attributes) ?? new Map(attributes.map((each) => [each.name.toLowerCase(), each]))
  byName.set(attributes, known)
  return known.get(name.toLowerCase())
}

/** The schema whose URN is all of `path` or its part before a `:`; and what follows. URNs compare without case. */
export function splitUrn(type: ResourceType, path: string): { schema: Schema; rest: string } | undefined {
  if (!/^urn:/i.test(path)) return undefined
  const lower = path.toLowerCase()
  for (const schema of [type.core, ...type.extensions]) {
    const id = schema.id.toLowerCase()
    if (lower === id) return { schema, rest: '' }
    if (lower.startsWith(`${id}:`)) return { schema, rest: path.slice(id.length + 1) }
  }
  return undefined
}

/**
 * The attribute named by `path`: `userName`, `name.familyName`, `urn:…:User:department`. Names compare without case
 * (RFC 7643 §2.1). An attribute of an extension is also found by its bare name (Entra sends `manager`), if the core has none of that name.
 */
export function resolveAttribute(type: ResourceType, path: string): ResolvedAttribute | undefined {
  const urn = splitUrn(type, path)
  if (urn) {
    const inCore = urn.schema === type.core
    const found = descend(urn.schema.attributes, urn.rest) ?? (inCore ? descend(commonAttributes, urn.rest) : undefined)
    return found && (inCore ? found : { ...found, schema: urn.schema })
  }
  const own = descend(type.core.attributes, path) ?? descend(commonAttributes, path)
  if (own) return own
  for (const schema of type.extensions) {
    const found = descend(schema.attributes, path)
    if (found) return { ...found, schema }
  }
  return undefined
}

function descend(attributes: Attribute[], path: string): ResolvedAttribute | undefined {
  const [name = '', subName, ...more] = path.split('.')
  const attribute = findAttribute(attributes, name)
  if (!attribute || more.length > 0) return undefined
  if (subName === undefined) return { attribute }
  const sub = findAttribute(attribute.subAttributes, subName)
  return sub && { attribute, sub }
}
