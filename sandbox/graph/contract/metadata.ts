import { readFileSync } from 'node:fs'

export interface Property {
  /** `Edm.String`, `graph.appRole`, `Collection(Edm.String)`. */
  type: string
  nullable: boolean
}

export interface GraphType {
  kind: 'EntityType' | 'ComplexType' | 'EnumType'
  base?: string
  props?: Record<string, Property>
  nav?: Record<string, unknown>
  members?: string[] | Record<string, number>
  flags?: boolean
}

/** Types of Graph v1.0 out of Microsoft's public metadata (msgraph-metadata, v1.0-Prod.csdl). */
const TYPES: Record<string, GraphType> = JSON.parse(readFileSync(new URL('types.golden.json', import.meta.url), 'utf8'))

export interface KnownType {
  properties: Readonly<Record<string, Property>>
  navigation: ReadonlySet<string>
}

const known = new Map<string, KnownType>()

/** @param name without namespace */
export const typeOf = (name: string): GraphType | undefined => TYPES[`microsoft.graph.${name}`]

/**
 * A structured type with what it inherits.
 * @param type with or without namespace
 * @throws Error for a type that the metadata here does not have
 */
export function knownType(type: string): KnownType {
  const name = type.replace(/^microsoft\.graph\./, '')
  const found = known.get(name) ?? collect(name)
  known.set(name, found)
  return found
}

/** Of `Collection(graph.appRole)`, `graph.appRole`; undefined for what is no collection. */
export const itemOf = (type: string): string | undefined => /^Collection\((.*)\)$/.exec(type)?.[1]

/** What `graph.webApplication` has; undefined for what is no complex type, or none that the metadata here has. */
export function complexType(type: string): KnownType | undefined {
  const name = type.replace('graph.', '')
  return typeOf(name)?.kind === 'ComplexType' ? knownType(name) : undefined
}

function collect(name: string): KnownType {
  const type = typeOf(name)
  if (!type) throw new Error(`No type ${name} in types.golden.json`)
  const base = type.base && knownType(type.base.replace('graph.', ''))
  return {
    properties: { ...(base ? base.properties : {}), ...type.props },
    navigation: new Set([...(base ? base.navigation : []), ...Object.keys(type.nav ?? {})]),
  }
}

/** What Graph shows for a property that nobody has set. */
export function emptyOf({ type, nullable }: Property): unknown {
  if (itemOf(type)) return []
  if (nullable) return null
  return type === 'Edm.Boolean' ? false : type.startsWith('Edm.Int') ? 0 : null
}
