import { badRequest, clip, type ScimError } from '../errors.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { findAttribute, type ResolvedAttribute, resolveAttribute } from '../schema/registry.ts'
import type { CompareOperator, Filter, Literal } from './ast.ts'
import { comparisonKey } from './fold.ts'

/** A filter with its names resolved, its values typed and folded, and `ne` and `null` said by `not` and `present`. */
export type Plan =
  | { kind: 'and' | 'or'; plans: Plan[] }
  | { kind: 'not'; plan: Plan }
  | { kind: 'compare'; target: ResolvedAttribute; operator: PlanOperator; value: string | boolean }
  | { kind: 'present'; target: ResolvedAttribute }
  | { kind: 'element'; target: ResolvedAttribute; plan: Plan }

export type PlanOperator = Exclude<CompareOperator, 'ne'>

/** Throws 400 `invalidFilter` for unknown attributes and for values or operators that do not fit the attribute's type. */
export function planFilter(type: ResourceType, filter: Filter): Plan {
  return plan(filter, (path) => {
    const target = resolveAttribute(type, path)
    if (!target) throw invalid(`Attribute ${JSON.stringify(clip(path))} is not one of ${type.name}`)
    return target
  })
}

/** As `planFilter`, for what stands between the brackets after `attribute`. */
export function planElementFilter(attribute: Attribute, filter: Filter): Plan {
  return plan(filter, (path) => {
    const sub = findAttribute(attribute.subAttributes, path)
    if (!sub) throw invalid(`${attribute.name} has no sub-attribute ${JSON.stringify(clip(path))}`)
    return { attribute: sub }
  })
}

type Resolve = (path: string) => ResolvedAttribute

function plan(filter: Filter, resolve: Resolve): Plan {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, plans: filter.filters.map((each) => plan(each, resolve)) }
    case 'not':
      return { kind: 'not', plan: plan(filter.filter, resolve) }
    case 'present':
      return { kind: 'present', target: resolve(filter.path) }
    case 'element':
      return element(resolve(filter.path), filter.filter)
    case 'compare':
      return compare(withValue(resolve(filter.path)), filter.operator, filter.value)
  }
}

function element(target: ResolvedAttribute, filter: Filter): Plan {
  const { attribute, sub } = target
  if (attribute.type !== 'complex' || sub) throw invalid(`${attribute.name} has no elements to filter`)
  return { kind: 'element', target, plan: planElementFilter(attribute, filter) }
}

/** `emails co "x"` means `emails.value co "x"` (the example of RFC 7644 §3.4.2.2). */
function withValue(target: ResolvedAttribute): ResolvedAttribute {
  if (target.attribute.type !== 'complex' || target.sub) return target
  const sub = findAttribute(target.attribute.subAttributes, 'value')
  if (!sub) throw invalid(`${target.attribute.name} has sub-attributes; name the one to compare`)
  return { ...target, sub }
}

/**
 * `ne` is the opposite of `eq`, so it holds for a resource without the attribute, and for a multi-valued attribute of
 * which no value is equal.
 */
function compare(target: ResolvedAttribute, operator: CompareOperator, value: Literal): Plan {
  if (operator === 'ne') return { kind: 'not', plan: compare(target, 'eq', value) }
  const attribute = target.sub ?? target.attribute
  if (value === null) {
    if (operator !== 'eq') throw invalid(`null can be compared with eq and ne only`)
    return { kind: 'not', plan: { kind: 'present', target } }
  }
  const unordered = attribute.type === 'boolean' || attribute.type === 'binary'
  if (unordered && operator !== 'eq') {
    throw invalid(`${attribute.name} is of type ${attribute.type} and can be compared with eq and ne only`)
  }
  return { kind: 'compare', target, operator, value: typed(attribute, value) }
}

function typed(attribute: Attribute, value: string | number | boolean): string | boolean {
  switch (attribute.type) {
    case 'boolean': {
      const text = String(value).toLowerCase()
      if (text === 'true' || text === 'false') return text === 'true'
      throw invalid(`${attribute.name} is a boolean and cannot be compared with ${JSON.stringify(value)}`)
    }
    case 'dateTime': {
      const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN
      if (!Number.isNaN(instant)) return new Date(instant).toISOString()
      throw invalid(`${attribute.name} is a dateTime and cannot be compared with ${JSON.stringify(value)}`)
    }
    default:
      if (typeof value === 'string' && !value.includes('\0')) return comparisonKey(attribute, value)
      throw invalid(`${attribute.name} is a string and cannot be compared with ${JSON.stringify(value)}`)
  }
}

const invalid = (detail: string): ScimError => badRequest('invalidFilter', detail)
