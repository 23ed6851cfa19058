import { licenceSchema } from '../../schema/extensions.ts'
import type { Attribute, ResourceType } from '../../schema/model.ts'
import type { ResolvedAttribute } from '../../schema/registry.ts'
import { foldText } from '../fold.ts'
import { indexedAttributes, isManager, isUnique, uniquePath } from './indexed.ts'
import { jsonSource } from './json.ts'
import { groupsSource, idField, managerSource, membersSource, referenceField } from './memberships.ts'
import { type Parameters, quoted } from './parameters.ts'
import { type Choices, column, type Elements, type Field, field, type Scope, type Source, single } from './source.ts'

/** The tables in which resources of one type are looked for. */
export interface Place {
  type: ResourceType
  /** The tenant's number in SQL. */
  tenant: string
  /** The tenant's URL, which references begin with. */
  base: string
  parameters: Parameters
}

/** Where the values of any attribute are, for the row `r` of table resource. */
export function sourceOf(place: Place, { schema, attribute }: ResolvedAttribute): Source {
  const { type, base, parameters } = place
  if (schema?.id === licenceSchema.id) return licenceField(attribute)
  if (schema) {
    if (isManager({ schema, attribute })) return managerSource(base, parameters)
    const found = jsonSource(`(r.attrs -> ${quoted(schema.id)})`, attribute)
    return isUnique(attribute) && found.kind === 'field' ? unique(found, uniquePath(schema.id, attribute)) : found
  }
  switch (attribute.name) {
    case 'id':
      return idField('r.id')
    case 'externalId':
      return column('r.external_id')
    case 'schemas':
      return schemasChoices(type)
    case 'meta':
      return metaSource(place)
    case 'userName':
      return column('r.user_name_key')
    case 'displayName':
      return column('r.display_name_key')
    case 'active':
      return field('r.active', 'boolean')
    case 'members':
      return membersSource(place.tenant, base, parameters)
    case 'groups':
      return groupsSource(place.tenant, base, parameters)
  }
  const found = jsonSource('r.attrs', attribute)
  const isIndexed = indexedAttributes(type).some((each) => each.attribute === attribute)
  return isIndexed && found.kind === 'elements' ? indexed(found, attribute.name) : found
}

/** Stored with the capitals of the management API, compared without. */
function licenceField({ name }: Attribute): Field {
  return name === 'type' ? field('lower(r.licence_type)') : field('r.licence_state')
}

function schemasChoices(type: ResourceType): Choices {
  const choices = type.extensions.map(({ id }) => ({
    value: foldText(id),
    when: id === licenceSchema.id ? 'r.licence_type IS NOT NULL' : `r.attrs -> ${quoted(id)} IS NOT NULL`,
  }))
  return { kind: 'choices', choices: [{ value: foldText(type.core.id), when: 'TRUE' }, ...choices] }
}

function metaSource({ type, base, parameters }: Place): Elements {
  const scope: Scope = ({ name }) => {
    switch (name) {
      case 'created':
        return field('r.created', 'instant')
      case 'lastModified':
        return field('r.modified', 'instant')
      case 'version':
        return field(`('W/"' || r.version || '"')`)
      case 'location':
        return referenceField(`${base}${type.endpoint}/`, 'r.id', parameters)
      default:
        return { kind: 'choices', choices: [{ value: type.name, when: 'TRUE' }] }
    }
  }
  return single('TRUE', 'TRUE', scope)
}

/** Multi-valued: its `value`, `type` and `primary` are in the table, the rest in the document. */
function indexed(inDocument: Elements, path: string): Elements {
  const columns: Record<string, Field | undefined> = {
    value: column('v.value_key'),
    type: field('v.type_key'),
    primary: field('v.is_primary', 'boolean'),
  }
  const from = `attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = ${quoted(path)}`
  return {
    ...inDocument,
    some: (wanted, condition) =>
      wanted.every(({ name }) => columns[name])
        ? `EXISTS (SELECT 1 FROM ${from} AND ${condition(({ name }) => columns[name]!)})`
        : inDocument.some(wanted, condition),
  }
}

function unique(inDocument: Field, path: string): Field {
  const from = `attr_value v WHERE v.tenant = r.tenant AND v.resource = r.id AND v.path = ${quoted(path)}`
  return {
    ...inDocument,
    equals: (value, parameters) => `EXISTS (SELECT 1 FROM ${from} AND v.value_key = ${parameters.bind(value)})`,
  }
}
