import { badRequest } from '../errors.ts'
import type { Json } from '../filter/match.ts'
import type { Attribute, ResourceType, Schema } from '../schema/model.ts'
import { commonAttributes, type ResolvedAttribute, resolveAttribute, splitUrn } from '../schema/registry.ts'

/** What of a resource is returned: RFC 7644 §3.9. */
export interface Projection {
  /** Whether the attribute is returned at all, so that what is not need not be read. */
  wants(name: string): boolean
  apply(resource: Json): Json
}

/** Names as the query parameters have them, between commas, or as a list. */
type Names = string | string[] | undefined

/**
 * From `attributes` or `excludedAttributes`, names in any case. Unknown names are ignored. Of an attribute's `returned`
 * (RFC 7643 §7), `always` is stronger than what is asked, `never` too, and `request` needs a name; being `written` by the
 * request is one. Throws 400 `invalidSyntax` for both parameters at once.
 */
export function readProjection(
  type: ResourceType,
  attributes?: Names,
  excluded?: Names,
  written: ResolvedAttribute[] = [],
): Projection {
  const [asked, without] = [listOf(attributes), listOf(excluded)]
  if (asked.length > 0 && without.length > 0) {
    throw badRequest('invalidSyntax', 'Give attributes or excludedAttributes, not both')
  }
  const shown = written.filter(({ attribute }) => attribute.returned === 'request')
  if (asked.length === 0 && without.length === 0 && shown.length === 0) return usual(type)
  return project(type, {
    only: asked.length > 0,
    named: [...resolveNames(type, asked), ...shown],
    excluded: resolveNames(type, without),
  })
}

/** Nearly every request asks for nothing in particular, so this one is made once. */
function usual(type: ResourceType): Projection {
  const made = usualOf.get(type) ?? project(type, { only: false, named: [], excluded: [] })
  usualOf.set(type, made)
  return made
}

const usualOf = new WeakMap<ResourceType, Projection>()

function project(type: ResourceType, selection: Selection): Projection {
  const core = keepers([...commonAttributes, ...type.core.attributes], selection)
  const extensions = new Map(
    type.extensions.map((schema) => [schema.id, keepers(schema.attributes, selection, schema)]),
  )
  return {
    wants: (name) => core.has(name) || [...extensions.values()].some((each) => each.has(name)),
    apply(resource) {
      const result = kept(core, resource)
      for (const [id, keep] of extensions) {
        const part = resource[id] && kept(keep, resource[id] as Json)
        if (part && Object.keys(part).length > 0) result[id] = part
      }
      return result
    },
  }
}

interface Selection {
  /** Nothing but what is named, and what is always returned. */
  only: boolean
  named: ResolvedAttribute[]
  excluded: ResolvedAttribute[]
}

const listOf = (names: Names): string[] =>
  (Array.isArray(names) ? names : (names ?? '').split(',')).map((name) => name.trim()).filter((name) => name !== '')

function resolveNames(type: ResourceType, names: string[]): ResolvedAttribute[] {
  return names.flatMap((name) => {
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

/** By name: what is kept of an attribute's value. Attributes that are not kept are not in the map. */
type Keepers = Map<string, (value: unknown) => unknown>

function keepers(attributes: Attribute[], selection: Selection, schema?: Schema): Keepers {
  const result: Keepers = new Map()
  const ofSchema = (target: ResolvedAttribute): boolean => target.schema === schema
  const [named, excluded] = [selection.named.filter(ofSchema), selection.excluded.filter(ofSchema)]
  for (const attribute of attributes) {
    const targets = named.filter((target) => target.attribute === attribute)
    const cuts = excluded.filter((target) => target.attribute === attribute)
    const isNamed = targets.length > 0
    const isCut = cuts.some(({ sub }) => !sub)
    if (isKept(attribute, selection.only, isNamed, isCut)) result.set(attribute.name, keeper(attribute, targets, cuts))
  }
  return result
}

function isKept({ returned }: Attribute, only: boolean, isNamed: boolean, isCut: boolean): boolean {
  if (returned === 'always') return true
  if (returned === 'never' || isCut) return false
  return isNamed || (returned === 'default' && !only)
}

/** Of a complex value the sub-attributes, by the same rules. */
function keeper(
  { subAttributes }: Attribute,
  targets: ResolvedAttribute[],
  cuts: ResolvedAttribute[],
): (value: unknown) => unknown {
  if (!subAttributes) return (value) => value
  const only = targets.length > 0 && targets.every(({ sub }) => sub)
  const names = new Set<string>()
  for (const sub of subAttributes) {
    const isNamed = targets.some((target) => target.sub === sub)
    const isCut = cuts.some((target) => target.sub === sub)
    if (isKept(sub, only, isNamed, isCut)) names.add(sub.name)
  }
  if (names.size === subAttributes.length) return (value) => value
  const cut = (value: unknown): Json =>
    Object.fromEntries(Object.entries(value as Json).filter(([name]) => names.has(name)))
  return (value) => (Array.isArray(value) ? value.map(cut).filter((item) => Object.keys(item).length > 0) : cut(value))
}

function kept(keep: Keepers, from: Json): Json {
  const result: Json = {}
  for (const [name, value] of Object.entries(from)) {
    const keeping = value === undefined ? undefined : keep.get(name)
    const part = keeping?.(value)
    if (part !== undefined && !isEmpty(part)) result[name] = part
  }
  return result
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
