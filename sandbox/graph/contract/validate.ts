import { readFileSync } from 'node:fs'

interface Property {
  type: string
  nullable: boolean
}

interface GraphType {
  kind: 'EntityType' | 'ComplexType' | 'EnumType'
  base?: string
  open?: boolean
  props?: Record<string, Property>
  nav?: Record<string, unknown>
  members?: string[] | Record<string, number>
  flags?: boolean
}

/** Types of Graph v1.0 out of Microsoft's public metadata (msgraph-metadata, v1.0-Prod.csdl). */
const TYPES: Record<string, GraphType> = JSON.parse(readFileSync(new URL('types.golden.json', import.meta.url), 'utf8'))

const ID: Property = { type: 'Edm.String', nullable: false }
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => Number.isInteger(value),
  'Edm.Int64': (value) => Number.isInteger(value),
  'Edm.Guid': (value) => typeof value === 'string' && GUID.test(value),
  'Edm.DateTimeOffset': (value) => typeof value === 'string' && INSTANT.test(value),
  'Edm.Duration': (value) => typeof value === 'string' && /^P/.test(value),
}

/**
 * What is wrong with an answer of Graph's type `type` (without namespace): unknown members, wrong primitive types, null
 * where none may be, names that an enum does not have. Empty when all is well.
 */
export function problemsOf(type: string, value: unknown, path = type): string[] {
  if (value === null || typeof value !== 'object') return [`${path} is not an object`]
  const known = propertiesOf(type)
  return Object.entries(value).flatMap(([name, member]) => {
    if (name.includes('@')) return []
    const property = name === 'id' ? ID : known.properties[name]
    if (property) return problemsOfValue(property.type, property.nullable, member, `${path}.${name}`)
    return known.open || known.navigation.has(name) ? [] : [`${path}.${name} does not exist`]
  })
}

function propertiesOf(type: string) {
  const properties: Record<string, Property> = {}
  const navigation = new Set<string>()
  for (let name: string | undefined = type; name; ) {
    const found: GraphType | undefined = TYPES[`microsoft.graph.${name}`]
    if (!found) throw new Error(`No type ${name} in types.golden.json`)
    Object.assign(properties, found.props)
    for (const one of Object.keys(found.nav ?? {})) navigation.add(one)
    name = found.base?.replace('graph.', '')
  }
  // Directory objects are open for extensions by name only; what the sandbox answers must be Graph's own.
  const open = ['detailsInfo', 'identity', 'provisionedIdentity', 'provisioningSystem'].includes(type)
  return { properties, navigation, open }
}

function problemsOfValue(type: string, nullable: boolean, value: unknown, path: string): string[] {
  const item = /^Collection\((.*)\)$/.exec(type)?.[1]
  if (item) {
    if (!Array.isArray(value)) return value === null && nullable ? [] : [`${path} is not a collection`]
    return value.flatMap((one, i) => problemsOfValue(item, false, one, `${path}[${i}]`))
  }
  if (value === null) return nullable ? [] : [`${path} is null`]
  const primitive = PRIMITIVES[type]
  if (primitive) return primitive(value) ? [] : [`${path} is ${JSON.stringify(value)}, not ${type}`]
  const name = type.replace('graph.', '')
  const graphType = TYPES[`microsoft.graph.${name}`]
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
