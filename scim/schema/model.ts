/** Shapes of SCIM schemas as data. RFC 7643 §2.2 (characteristics), §6 (resource types), §7 (schema definition). */

export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'reference'
  | 'binary'
  | 'complex'
export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
export type Returned = 'always' | 'default' | 'request' | 'never'

export interface Attribute {
  name: string
  type: AttributeType
  description: string
  multiValued: boolean
  required: boolean
  caseExact: boolean
  mutability: Mutability
  returned: Returned
  uniqueness: 'none' | 'server' | 'global'
  canonicalValues?: string[]
  referenceTypes?: string[]
  subAttributes?: Attribute[]
}

export interface Schema {
  id: string
  name: string
  description: string
  attributes: Attribute[]
}

export interface ResourceType {
  name: 'User' | 'Group'
  endpoint: '/Users' | '/Groups'
  description: string
  core: Schema
  extensions: Schema[]
}

type Characteristics = Partial<Omit<Attribute, 'name' | 'type' | 'description'>>

/** An attribute with the defaults of RFC 7643 §2.2 for what is not named. */
export function attribute(
  name: string,
  type: AttributeType,
  description: string,
  characteristics: Characteristics = {},
): Attribute {
  return {
    name,
    type,
    description,
    multiValued: false,
    required: false,
    caseExact: type === 'reference' || type === 'binary',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...characteristics,
  }
}

/** A multi-valued complex attribute with the usual sub-attributes of RFC 7643 §2.4. */
export function plural(name: string, description: string, value: Attribute, canonicalTypes: string[] = []): Attribute {
  return attribute(name, 'complex', description, {
    multiValued: true,
    subAttributes: [
      value,
      attribute('display', 'string', 'A human-readable name of the value.'),
      attribute('type', 'string', 'A label for the function of the value.', {
        ...(canonicalTypes.length > 0 && { canonicalValues: canonicalTypes }),
      }),
      attribute('primary', 'boolean', 'Whether this is the preferred value. At most one value is.'),
    ],
  })
}
