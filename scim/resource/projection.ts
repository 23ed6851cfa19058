import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { ResourceType } from '../schema/model.ts'
import { commonAttributes, type ResolvedAttribute, resolveAttribute, splitUrn } from '../schema/registry.ts'

/** What of a resource is returned: RFC 7644 §3.9. */
export interface Projection {
  /** Whether the attribute is returned at all, so that what is not need not be read. */
  wants(name: string): boolean
  apply(resource: Json): Json
}

type Names = Pick<ResolvedAttribute, 'attribute' | 'sub' | 'schema'>[]

/**
 * From the query parameters `attributes` and `excludedAttributes`, comma-separated names in any case. Unknown names are
 * ignored; `schemas` and `id` are always returned. Throws 400 `invalidSyntax` for both at once.
 */
export function readProjection(type: ResourceType, attributes?: string, excluded?: string): Projection {
  if (attributes && excluded) throw badRequest('invalidSyntax', 'Give attributes or excludedAttributes, not both')
  if (attributes) {
    const names = resolveNames(type, attributes)
    return { wants: (name) => names.some(({ attribute }) => attribute.name === name), apply: (all) => only(names, all) }
  }
  if (!excluded) return { wants: () => true, apply: (all) => all }
  const names = resolveNames(type, excluded).filter(({ attribute }) => attribute.returned !== 'always')
  return {
    wants: (name) => !names.some(({ attribute, sub }) => attribute.name === name && !sub),
    apply: (all) => without(names, all),
  }
}

function resolveNames(type: ResourceType, list: string): Names {
  return list.split(',').flatMap((item) => {
    const name = item.trim()
    const urn = splitUrn(type, name)
    if (urn?.rest === '') {
      return urn.schema.attributes.map((attribute) => ({
        attribute,
        ...(urn.schema !== type.core && { schema: urn.schema }),
      }))
    }
    const resolved = resolveAttribute(type, name)
    return resolved ? [resolved] : []
  })
}

function only(names: Names, all: Json): Json {
  const result: Json = {}
  for (const { name, returned } of commonAttributes) if (returned === 'always') result[name] = all[name]
  for (const { schema, attribute, sub } of names) {
    const from = schema ? (all[schema.id] as Json | undefined) : all
    const value = from?.[attribute.name]
    if (value === undefined) continue
    if (schema) result[schema.id] ??= {}
    const into = schema ? (result[schema.id] as Json) : result
    into[attribute.name] = sub ? mergeSub(into[attribute.name], value, sub.name) : value
  }
  return result
}

/** `value` reduced to one sub-attribute, joined with what was selected of it before. */
function mergeSub(before: unknown, value: unknown, sub: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => mergeSub((before as unknown[])?.[index], item, sub))
  const item = (value as Json)[sub]
  return { ...(before as Json), ...(item !== undefined && { [sub]: item }) }
}

function without(names: Names, all: Json): Json {
  const result = { ...all }
  for (const { schema, attribute, sub } of names) {
    if (schema) result[schema.id] = { ...(result[schema.id] as Json) }
    const holder = schema ? (result[schema.id] as Json) : result
    if (!sub) delete holder[attribute.name]
    else if (holder[attribute.name] !== undefined) holder[attribute.name] = withoutSub(holder[attribute.name], sub.name)
    if (schema && Object.keys(holder).length === 0) delete result[schema.id]
  }
  return result
}

function withoutSub(value: unknown, sub: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSub(item, sub))
  const { [sub]: _, ...others } = value as Json
  return others
}
