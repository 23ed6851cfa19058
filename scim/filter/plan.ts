import { badRequest, clip, type ScimError } from '../errors.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { findAttribute, type ResolvedAttribute, resolveAttribute } from '../schema/registry.ts'
import type { CompareOperator, Filter, Literal, Literals } from './ast.ts'
import { operatorsOf, typedValue } from './literal.ts'

/** A filter with its names resolved, its values typed and folded, and `ne` and `null` said by `not` and `present`. */
export type Plan =
  /** Of no plans, `or` is false. */
  | { kind: 'and' | 'or'; plans: Plan[] }
  | { kind: 'not'; plan: Plan }
  | { kind: 'compare'; target: ResolvedAttribute; operator: PlanOperator; value: PlanValue }
  | { kind: 'present'; target: ResolvedAttribute }
  | { kind: 'element'; target: ResolvedAttribute; plan: Plan }

export type PlanOperator = Exclude<CompareOperator, 'ne'>
/** A dateTime is text as `readInstant` gives it. */
export type PlanValue = string | number | boolean

/**
 * Throws 400 `invalidFilter` for unknown attributes and for values or operators that do not fit the attribute's type. What only
 * one of `peers` has matches no resource of this type (RFC 7644 §3.4.2.1).
 */
export function planFilter(
  type: ResourceType,
  filter: Filter,
  literals: Literals = 'lenient',
  peers: ResourceType[] = [],
): Plan {
  const resolve = (path: string): ResolvedAttribute | undefined => {
    const target = resolveAttribute(type, path)
    if (!target && !peers.some((peer) => resolveAttribute(peer, path))) {
      throw invalid(`Attribute ${JSON.stringify(clip(path))} is not one of ${type.name}`)
    }
    return target
  }
  return plan(filter, resolve, literals)
}

/** As `planFilter`, for what stands between the brackets after `attribute`. */
export function planElementFilter(attribute: Attribute, filter: Filter, literals: Literals): Plan {
  const resolve = (path: string): ResolvedAttribute => {
    const sub = findAttribute(attribute.subAttributes, path)
    if (!sub) throw invalid(`${attribute.name} has no sub-attribute ${JSON.stringify(clip(path))}`)
    return { attribute: sub }
  }
  return plan(filter, resolve, literals)
}

type Resolve = (path: string) => ResolvedAttribute | undefined

function plan(filter: Filter, resolve: Resolve, literals: Literals): Plan {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, plans: filter.filters.map((each) => plan(each, resolve, literals)) }
    case 'not':
      return { kind: 'not', plan: plan(filter.filter, resolve, literals) }
    default: {
      const target = resolve(filter.path)
      return target ? condition(filter, target, literals) : withoutAttribute(filter)
    }
  }
}

type Condition = Extract<Filter, { path: string }>

function condition(filter: Condition, target: ResolvedAttribute, literals: Literals): Plan {
  refuseSecrets(target)
  if (filter.kind === 'present') return { kind: 'present', target }
  if (filter.kind === 'element') return element(target, filter.filter, literals)
  return compare(withValue(target), filter.operator, filter.value, literals)
}

/** As for a resource that has no value. */
function withoutAttribute(filter: Condition): Plan {
  const nothing: Plan = { kind: 'or', plans: [] }
  const matches = filter.kind === 'compare' && (filter.operator === 'ne') !== (filter.value === null)
  return matches ? { kind: 'not', plan: nothing } : nothing
}

/** What is never returned could be guessed by filters, a character at a time. */
function refuseSecrets({ attribute, sub }: ResolvedAttribute): void {
  for (const each of [attribute, sub]) {
    if (each?.returned === 'never' || each?.mutability === 'writeOnly') {
      throw invalid(`${each.name} is never returned, so it cannot be filtered by`)
    }
  }
}

function element(target: ResolvedAttribute, filter: Filter, literals: Literals): Plan {
  const { attribute, sub } = target
  if (attribute.type !== 'complex' || sub) throw invalid(`${attribute.name} has no elements to filter`)
  return { kind: 'element', target, plan: planElementFilter(attribute, filter, literals) }
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
function compare(target: ResolvedAttribute, operator: CompareOperator, value: Literal, literals: Literals): Plan {
  if (operator === 'ne') return { kind: 'not', plan: compare(target, 'eq', value, literals) }
  const attribute = target.sub ?? target.attribute
  if (value === null) {
    if (operator !== 'eq') throw invalid('null can be compared with eq and ne only')
    return { kind: 'not', plan: { kind: 'present', target } }
  }
  const allowed = operatorsOf(attribute)
  if (!allowed.includes(operator)) {
    const list = ['ne', ...allowed].join(', ')
    throw invalid(`${attribute.name} is of type ${attribute.type} and can be compared with ${list} only`)
  }
  const typed = typedValue(attribute, value, literals)
  if (typed !== undefined) return { kind: 'compare', target, operator, value: typed }
  throw invalid(
    `${attribute.name} is of type ${attribute.type} and cannot be compared with ${clip(JSON.stringify(value))}`,
  )
}

const invalid = (detail: string): ScimError => badRequest('invalidFilter', detail)
