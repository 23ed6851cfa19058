import { enterpriseSchema } from '../../schema/extensions.ts'
import type { Attribute, ResourceType } from '../../schema/model.ts'
import type { ResolvedAttribute } from '../../schema/registry.ts'

/** An attribute whose values have rows in table attr_value, so that resources are found by them. */
export interface IndexedAttribute extends ResolvedAttribute {
  /** Names it in the table. */
  path: string
  /** Whether no two resources of a tenant may have the same value. */
  unique: boolean
}

const indexedNames = ['emails', 'phoneNumbers', 'roles']

/** Those that identity providers look users up by, and what an administrator has declared unique. */
export function indexedAttributes(type: ResourceType): IndexedAttribute[] {
  const indexed: IndexedAttribute[] = type.core.attributes
    .filter(({ name }) => indexedNames.includes(name))
    .map((attribute) => ({ attribute, path: attribute.name, unique: false }))
  for (const schema of type.extensions) {
    for (const attribute of schema.attributes) {
      if (isManager({ schema, attribute })) indexed.push({ schema, attribute, path: attribute.name, unique: false })
      else if (isUnique(attribute)) {
        indexed.push({ schema, attribute, path: uniquePath(schema.id, attribute), unique: true })
      }
    }
  }
  return indexed
}

export const isManager = ({ schema, attribute }: ResolvedAttribute): boolean =>
  schema?.id === enterpriseSchema.id && attribute.name === 'manager'

/** One value, of a type that is compared as text. */
export const isUnique = ({ uniqueness, multiValued, type }: Attribute): boolean =>
  uniqueness !== 'none' && !multiValued && (type === 'string' || type === 'reference')

export const uniquePath = (schema: string, { name }: Attribute): string => `${schema}:${name}`
