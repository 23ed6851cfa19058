import type { Attribute, ResourceType } from '../schema/model.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { foldText } from './fold.ts'

/** How one attribute's value is written in SQL. Text is in the form of `comparisonKey`. */
export interface Field {
  sql: string
  type: 'text' | 'boolean' | 'uuid' | 'timestamptz'
  /** The condition that there is a value. */
  present: string
  /** The value, where it is the same for all resources of the type. */
  constant?: string
  /** The condition that a set of values holds this one. */
  has?: (value: string, parameters: { bind(value: string): string }) => string
}

/** How the elements of a multi-valued attribute are found: `from` ends in a WHERE clause that more can be appended to. */
export interface Rows {
  from: string
  /** An element's sub-attribute, in the rows of `from`. */
  element?: (sub: Attribute) => Field
  /** An indexed table that knows some of the sub-attributes. */
  table?: { from: string; columns: Record<string, Field | undefined> }
}

/** The attributes whose values have rows in table attr_value. */
export const indexedAttributes = ['emails', 'phoneNumbers', 'roles', 'manager']

const column = (sql: string, type: Field['type'] = 'text'): Field => ({ sql, type, present: `${sql} IS NOT NULL` })

const common: Record<string, Field> = {
  id: column('r.id', 'uuid'),
  externalId: column('r.external_id'),
  'meta.created': column('r.created', 'timestamptz'),
  'meta.lastModified': column('r.modified', 'timestamptz'),
}

const own: Record<ResourceType['name'], Record<string, Field>> = {
  User: {
    ...common,
    userName: column('r.user_name_key'),
    displayName: column('r.display_name_key'),
    active: column('r.active', 'boolean'),
  },
  Group: { ...common, displayName: column('r.display_name_key') },
}

/** The field of a single-valued attribute of the resource; undefined for those that cannot be filtered by. */
export function fieldOf(type: ResourceType, target: ResolvedAttribute): Field | undefined {
  const { schema, attribute, sub } = target
  if (schema?.id.includes(':licence:')) return licenceField(attribute)
  const name = sub ? `${attribute.name}.${sub.name}` : attribute.name
  const found = schema ? undefined : own[type.name][name]
  if (found) return found
  if (name === 'schemas') return schemasField(type)
  if (name === 'meta.resourceType') return { ...column(`'${type.name}'`), constant: type.name, present: 'TRUE' }
  if (attribute.name === 'meta') return name === 'meta' ? { ...column('r.id'), present: 'TRUE' } : undefined
  const holder = schema ? `r.attrs -> '${schema.id}'` : 'r.attrs'
  return sub ? jsonText(`(${holder} -> '${attribute.name}')`, sub) : jsonText(`(${holder})`, attribute)
}

/** A member of a JSON object. Folded by the database, so not indexed: only for attributes without a column. */
export function jsonText(object: string, attribute: Attribute): Field {
  const text = `(${object} ->> '${attribute.name}')`
  if (attribute.type === 'boolean') return { sql: `${text}::boolean`, type: 'boolean', present: `${text} IS NOT NULL` }
  return {
    sql: attribute.caseExact ? text : `fold_text(${text})`,
    type: 'text',
    present: `${text} IS NOT NULL`,
  }
}

/** Stored with the capitals of the management API, compared without. */
function licenceField(attribute: Attribute): Field {
  const name = attribute.name === 'type' ? 'r.licence_type' : 'r.licence_state'
  return { sql: attribute.name === 'type' ? `lower(${name})` : name, type: 'text', present: `${name} IS NOT NULL` }
}

function schemasField(type: ResourceType): Field {
  return {
    ...column('r.type'),
    present: 'TRUE',
    has: (urn, parameters) => {
      if (urn === foldText(type.core.id)) return 'TRUE'
      const extension = type.extensions.find(({ id }) => foldText(id) === urn)
      if (extension?.id.includes(':licence:')) return 'r.licence_type IS NOT NULL'
      return extension ? `r.attrs -> ${parameters.bind(extension.id)} IS NOT NULL` : 'FALSE'
    },
  }
}

/** The elements of a multi-valued complex attribute, or of the manager; undefined for other attributes. */
export function rowsOf({ schema, attribute }: ResolvedAttribute): Rows | undefined {
  if (attribute.name === 'members') {
    const from = 'membership m WHERE m.tenant = r.tenant AND m.group_id = r.id'
    return {
      from,
      table: { from, columns: { value: column('m.member_id', 'uuid'), type: column('lower(m.member_type)') } },
    }
  }
  if (attribute.name === 'groups') {
    const from = 'membership m WHERE m.tenant = r.tenant AND m.member_id = r.id'
    return { from, table: { from, columns: { value: column('m.group_id', 'uuid') } } }
  }
  if (!attribute.multiValued && attribute.name !== 'manager') return undefined
  if (attribute.type !== 'complex') return undefined
  const json = schema ? `r.attrs -> '${schema.id}' -> '${attribute.name}'` : `r.attrs -> '${attribute.name}'`
  const elements = attribute.multiValued ? `jsonb_array_elements(${json})` : `(SELECT ${json} AS value)`
  const from = attribute.multiValued
    ? `${elements} AS e(value) WHERE e.value IS NOT NULL`
    : `${elements} e WHERE e.value IS NOT NULL`
  return {
    from,
    element: (sub) => jsonText('e.value', sub),
    ...(indexedAttributes.includes(attribute.name) && { table: indexed(attribute.name) }),
  }
}

function indexed(path: string): Rows['table'] {
  return {
    from: `attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = '${path}'`,
    columns: {
      value: column('v.value_key'),
      type: column('v.type_key'),
      primary: column('v.is_primary', 'boolean'),
    },
  }
}
