import type { Attribute } from '../../schema/model.ts'
import type { ResolvedAttribute } from '../../schema/registry.ts'
import { textMatches } from '../match.ts'
import type { Plan, PlanOperator, PlanValue } from '../plan.ts'
import { type Place, sourceOf } from './attributes.ts'
import type { Parameters } from './parameters.ts'
import type { Field, Source } from './source.ts'

/**
 * A condition on the row `r` of table resource, all values as parameters. It may be null where it is false, so a negation is
 * written `IS NOT TRUE`; that leaves plain comparisons, which indexes serve.
 */
export function compileFilter(place: Place, plan: Plan): string {
  return compile(plan, (target) => sourceOf(place, target), place.parameters)
}

type Comparison = Extract<Plan, { kind: 'compare' | 'present' }>

function compile(plan: Plan, source: (target: ResolvedAttribute) => Source, parameters: Parameters): string {
  switch (plan.kind) {
    case 'and':
    case 'or': {
      const conditions = plan.plans.map((each) => compile(each, source, parameters))
      if (conditions.length === 0) return plan.kind === 'and' ? 'TRUE' : 'FALSE'
      return `(${conditions.join(plan.kind === 'and' ? ' AND ' : ' OR ')})`
    }
    case 'not':
      return `(${compile(plan.plan, source, parameters)}) IS NOT TRUE`
    case 'element': {
      const elements = source(plan.target)
      if (elements.kind !== 'elements') return 'FALSE'
      return elements.some(attributesOf(plan.plan), (element) =>
        compile(plan.plan, ({ attribute }) => element(attribute), parameters),
      )
    }
    case 'present':
    case 'compare': {
      const { attribute, sub } = plan.target
      const found = source(plan.target)
      if (!sub || found.kind !== 'elements') return onSource(plan, found, attribute, parameters)
      return found.some([sub], (element) => onSource(plan, element(sub), sub, parameters))
    }
  }
}

function attributesOf(plan: Plan): Attribute[] {
  if ('plans' in plan) return plan.plans.flatMap(attributesOf)
  if (plan.kind === 'not') return attributesOf(plan.plan)
  return [plan.target.attribute]
}

function onSource(plan: Comparison, source: Source, attribute: Attribute, parameters: Parameters): string {
  switch (source.kind) {
    case 'elements':
      if (plan.kind === 'present') return source.any
      return source.some([attribute], (element) => onSource(plan, element(attribute), attribute, parameters))
    case 'choices': {
      const matching = source.choices.filter(
        ({ value }) => plan.kind === 'present' || textMatches(value, plan.operator, String(plan.value)),
      )
      return matching.length === 0 ? 'FALSE' : `(${matching.map(({ when }) => when).join(' OR ')})`
    }
    case 'field':
      if (plan.kind === 'present') return source.type === 'text' ? `${source.sql} <> ''` : `${source.sql} IS NOT NULL`
      return comparison(source, plan.operator, plan.value, parameters)
  }
}

const order = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' }
const sqlTypes = { boolean: 'boolean', number: 'numeric', instant: 'timestamptz' }

function comparison(source: Field, operator: PlanOperator, value: PlanValue, parameters: Parameters): string {
  const { type } = source
  if (type !== 'text' && type !== 'uuid') {
    return `${source.sql} ${order[operator as keyof typeof order]} ${parameters.bind(value)}::${sqlTypes[type]}`
  }
  const wanted = String(value)
  if (operator === 'eq' && source.equals) return source.equals(wanted, parameters) ?? 'FALSE'
  const sql = type === 'uuid' ? `${source.sql}::text` : source.sql
  const escaped = wanted.replace(/[\\%_]/g, '\\$&')
  switch (operator) {
    case 'eq':
      return `${sql} = ${parameters.bind(wanted)}`
    case 'co':
      return `${sql} LIKE ${parameters.bind(`%${escaped}%`)}`
    case 'sw':
      if (source.isColumn) return beginning(sql, wanted, parameters)
      return `${sql} LIKE ${parameters.bind(`${escaped}%`)}`
    case 'ew':
      return `${sql} LIKE ${parameters.bind(`%${escaped}`)}`
    default:
      return `${sql} COLLATE "C" ${order[operator]} ${parameters.bind(wanted)}`
  }
}

/** All that begins with a text, in the order of collation "C". As `LIKE` it could follow an index only if it were no parameter. */
function beginning(sql: string, start: string, parameters: Parameters): string {
  return `(${sql} >= ${parameters.bind(start)} AND ${sql} < ${parameters.bind(`${start}\u{10ffff}`)})`
}
