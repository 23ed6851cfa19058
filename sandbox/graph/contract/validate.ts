import { complexType, type GraphType, itemOf, knownType, type Property, typeOf } from './metadata.ts'

const NAME: Property = { type: 'Edm.String', nullable: false }
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Types whose answers hold whatever a system says. Directory objects are open too, but only for extensions. */
const OPEN = new Set(['detailsInfo', 'identity', 'provisionedIdentity', 'provisioningSystem'])

/** Named otherwise on the wire than in the metadata, which has an `id` in its place. */
const NAMED = new Set(['attributeMappingFunctionSchema', 'filterOperatorSchema'])

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => Number.isInteger(value),
  'Edm.Int64': (value) => Number.isInteger(value),
  'Edm.Guid': (value) => typeof value === 'string' && GUID.test(value),
  'Edm.DateTimeOffset': (value) => typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  'Edm.Date': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
  'Edm.Binary': (value) => typeof value === 'string' && /^[\w+/=-]*$/.test(value),
  'Edm.Duration': (value) => typeof value === 'string' && /^P/.test(value),
}

/**
 * What is wrong with an answer of Graph's type `type` (without namespace): unknown members, wrong primitive types, null
 * where none may be, names that an enum does not have, and of complex types members that are missing; an entity may
 * come in part. Empty when all is well.
 */
export function problemsOf(type: string, value: unknown, path = type): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [`${path} is not an object`]
  const { properties, navigation } = knownType(type)
  const problems = Object.entries(value).flatMap(([name, member]) => {
    if (name.includes('@')) return []
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined
    const property = name === 'name' && NAMED.has(type) ? NAME : known
    if (property) return problemsOfValue(property.type, property.nullable, member, `${path}.${name}`)
    return OPEN.has(type) || navigation.has(name) ? [] : [`${path}.${name} does not exist`]
  })
  return [...problems, ...missingIn(type, value, path)]
}

function missingIn(type: string, value: object, path: string): string[] {
  const properties = Object.entries(complexType(`graph.${type}`)?.properties ?? {})
  return properties
    .filter(([name, { nullable }]) => !nullable && !Object.hasOwn(value, name))
    .map(([name]) => `${path}.${name} is missing`)
}

function problemsOfValue(type: string, nullable: boolean, value: unknown, path: string): string[] {
  const item = itemOf(type)
  if (item) {
    if (!Array.isArray(value)) return value === null && nullable ? [] : [`${path} is not a collection`]
    return value.flatMap((one, i) => problemsOfValue(item, false, one, `${path}[${i}]`))
  }
  if (value === null) return nullable ? [] : [`${path} is null`]
  const primitive = PRIMITIVES[type]
  if (primitive) return primitive(value) ? [] : [`${path} is ${JSON.stringify(value)}, not ${type}`]
  const name = type.replace('graph.', '')
  const graphType = typeOf(name)
  if (graphType?.kind === 'EnumType') return problemsOfEnum(graphType, value, path)
  return graphType ? problemsOf(name, value, path) : []
}

function problemsOfEnum(type: GraphType, value: unknown, path: string): string[] {
  const members = Array.isArray(type.members) ? type.members : Object.keys(type.members ?? {})
  const names = type.flags ? String(value).split(/,\s*/) : [String(value)]
  return names
    .filter((name) => !members.includes(name))
    .map((name) => `${path} is ${name}, not one of ${members.join(', ')}`)
}
