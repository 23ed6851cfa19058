import { isObject } from '../../object.ts'
import { complexType, itemOf } from './metadata.ts'

/**
 * A written value over what the property was before: complex types member by member, at any depth; lists and primitive
 * values whole; null clears. Annotations such as `@odata.type` are left out. What is of another type stays as written.
 * @param type as the metadata has it: `graph.webApplication`, `Collection(Edm.String)`
 */
export function merged(type: string, before: unknown, written: unknown): unknown {
  const item = itemOf(type)
  if (item) return Array.isArray(written) ? written.map((one) => merged(item, undefined, one)) : written
  const properties = complexType(type)?.properties
  if (!properties || !isObject(written)) return written
  const result = new Map(isObject(before) ? Object.entries(before) : [])
  for (const [name, value] of Object.entries(written)) {
    if (name.includes('@')) continue
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    result.set(name, property ? merged(property.type, result.get(name), value) : value)
  }
  return Object.fromEntries(result)
}
