import { licenceSchema } from '../schema/extensions.ts'
import type { Attribute, ResourceType, Schema } from '../schema/model.ts'
import type { JsonSchema } from './parts.ts'

/** A resource as the service shows it. Of its attributes a client may ask for some only, so few are always there. */
export function shownResource({ core, extensions, name }: ResourceType): JsonSchema {
  return {
    type: 'object',
    required: ['schemas', 'id'],
    properties: {
      schemas: { type: 'array', items: { type: 'string' }, minItems: 1 },
      id: { type: 'string', format: 'uuid' },
      externalId: { type: 'string' },
      ...propertiesOf(core.attributes),
      ...Object.fromEntries(extensions.map((schema) => [schema.id, extension(schema)])),
      meta: {
        type: 'object',
        properties: {
          resourceType: { const: name },
          created: { type: 'string', format: 'date-time' },
          lastModified: { type: 'string', format: 'date-time' },
          location: { type: 'string', format: 'uri' },
          version: { type: 'string', pattern: '^W/"\\d+"$' },
        },
        additionalProperties: false,
      },
    },
    patternProperties: { '^[Uu][Rr][Nn]:': { type: 'object', description: 'A schema that the tenant has added' } },
    additionalProperties: false,
  }
}

/**
 * A resource as a client sends it. More is taken than is described: names in any case, attributes that are not known, and in the
 * profile `entra` numbers and booleans as text.
 */
export function sentResource({ core, extensions, endpoint }: ResourceType): JsonSchema {
  const writable = (attributes: Attribute[]): Attribute[] =>
    attributes.filter(({ mutability }) => mutability !== 'readOnly')
  const required = core.attributes.filter((attribute) => attribute.required).map(({ name }) => name)
  return {
    type: 'object',
    description: `POST or PUT to ${endpoint}`,
    required: ['schemas', ...required],
    properties: {
      schemas: { type: 'array', items: { type: 'string' }, contains: { const: core.id } },
      externalId: { type: 'string' },
      ...propertiesOf(writable(core.attributes)),
      ...Object.fromEntries(
        extensions
          .filter(({ id }) => id !== licenceSchema.id)
          .map((schema) => [schema.id, extension({ ...schema, attributes: writable(schema.attributes) })]),
      ),
    },
  }
}

function extension({ description, attributes }: Schema): JsonSchema {
  return { type: 'object', description, properties: propertiesOf(attributes), additionalProperties: false }
}

function propertiesOf(attributes: Attribute[]): Record<string, JsonSchema> {
  return Object.fromEntries(
    attributes
      .filter(({ returned }) => returned !== 'never')
      .map((attribute) => [attribute.name, attribute.multiValued ? list(attribute) : single(attribute)]),
  )
}

const list = (attribute: Attribute): JsonSchema => ({ type: 'array', items: single(attribute), minItems: 1 })

/** Canonical values are suggestions to clients (RFC 7643 §7), but what the service says itself is one of them. */
function single({ type, description, canonicalValues, mutability, subAttributes = [] }: Attribute): JsonSchema {
  const readOnly = mutability === 'readOnly'
  return {
    ...types[type],
    description,
    ...(readOnly && { readOnly }),
    ...(canonicalValues && (readOnly ? { enum: canonicalValues } : { examples: canonicalValues })),
    ...(type === 'complex' && { properties: propertiesOf(subAttributes), additionalProperties: false }),
  }
}

const types: Record<Attribute['type'], JsonSchema> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  decimal: { type: 'number' },
  integer: { type: 'integer' },
  dateTime: { type: 'string' },
  reference: { type: 'string' },
  binary: { type: 'string', contentEncoding: 'base64' },
  complex: { type: 'object' },
}
