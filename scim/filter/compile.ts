import { badRequest } from '../errors.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import { type Field, fieldOf, jsonText, type Rows, rowsOf } from './columns.ts'
import type { Plan, PlanOperator } from './plan.ts'

/** Collects a statement's parameters; `bind` gives the placeholder. */
export class Parameters {
  readonly values: (string | boolean | number)[] = []

  bind(value: string | boolean | number): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/**
 * A condition on the row `r` of table resource, all values as parameters. It may be null where it is false, so a negation is
 * written `IS NOT TRUE`; that leaves plain comparisons, which indexes serve.
 */
export function compileFilter(type: ResourceType, plan: Plan, parameters: Parameters): string {
  return compile(plan, parameters, {
    field: (target) => fieldOf(type, target),
    rows: (target) => rowsOf(target),
  })
}

/** Where the attributes of a plan are found: in the resource's row, or in one element of an attribute. */
interface Scope {
  field(target: ResolvedAttribute): Field | undefined
  rows(target: ResolvedAttribute): Rows | undefined
}

function compile(plan: Plan, parameters: Parameters, scope: Scope): string {
  switch (plan.kind) {
    case 'and':
    case 'or':
      return `(${plan.plans.map((each) => compile(each, parameters, scope)).join(plan.kind === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(${compile(plan.plan, parameters, scope)}) IS NOT TRUE`
    case 'element':
      return inElement(plan.target, plan.plan, parameters, scope)
    case 'present':
    case 'compare': {
      const { attribute, sub } = plan.target
      if (sub && scope.rows(plan.target))
        return inElement({ ...plan.target, sub: undefined }, { ...plan, target: { attribute: sub } }, parameters, scope)
      const rows = scope.rows(plan.target)
      if (rows) return `EXISTS (SELECT 1 FROM ${rows.from})`
      const field = scope.field(plan.target)
      if (!field) throw badRequest('invalidFilter', `${(sub ?? attribute).name} cannot be filtered by`)
      return plan.kind === 'present'
        ? field.present
        : comparison(field, sub ?? attribute, plan.operator, plan.value, parameters)
    }
  }
}

function inElement(target: ResolvedAttribute, plan: Plan, parameters: Parameters, scope: Scope): string {
  const rows = scope.rows(target)
  if (!rows) {
    const object = `(${objectOf(target)})`
    const field = (sub: ResolvedAttribute): Field => jsonText(object, sub.attribute)
    return `(${object} IS NOT NULL AND ${compile(plan, parameters, { field, rows: () => undefined })})`
  }
  const wanted = attributesOf(plan)
  const table = rows.table && wanted.every((attribute) => rows.table!.columns[attribute.name]) ? rows.table : undefined
  const from = table ? table.from : rows.from
  const field = (sub: ResolvedAttribute): Field | undefined =>
    table ? table.columns[sub.attribute.name] : rows.element?.(sub.attribute)
  return `EXISTS (SELECT 1 FROM ${from} AND ${compile(plan, parameters, { field, rows: () => undefined })})`
}

/** The JSON object that is the value of a single complex attribute. */
function objectOf({ schema, attribute }: ResolvedAttribute): string {
  return schema ? `r.attrs -> '${schema.id}' -> '${attribute.name}'` : `r.attrs -> '${attribute.name}'`
}

function attributesOf(plan: Plan): Attribute[] {
  if ('plans' in plan) return plan.plans.flatMap(attributesOf)
  if ('plan' in plan) return attributesOf(plan.plan)
  return [plan.target.attribute]
}

const order = { gt: '>', ge: '>=', lt: '<', le: '<=' }

function comparison(
  field: Field,
  attribute: Attribute,
  operator: PlanOperator,
  value: string | boolean,
  parameters: Parameters,
): string {
  if (typeof value === 'boolean') return `${field.sql} = ${parameters.bind(value)}::boolean`
  if (field.constant !== undefined) return constantMatches(field.constant, operator, value) ? 'TRUE' : 'FALSE'
  if (field.has) return operator === 'eq' ? field.has(value, parameters) : unsupported(attribute, operator)
  if (field.type === 'uuid') {
    if (operator !== 'eq') return unsupported(attribute, operator)
    return /^[0-9a-f-]{36}$/i.test(value) && isUuidText(value)
      ? `${field.sql} = ${parameters.bind(value)}::uuid`
      : 'FALSE'
  }
  if (field.type === 'timestamptz') {
    if (operator !== 'eq' && !(operator in order)) return unsupported(attribute, operator)
    const sign = operator === 'eq' ? '=' : order[operator as keyof typeof order]
    return `${field.sql} ${sign} ${parameters.bind(value)}::timestamptz`
  }
  const escaped = value.replace(/[\\%_]/g, '\\$&')
  switch (operator) {
    case 'eq':
      return `${field.sql} = ${parameters.bind(value)}`
    case 'co':
      return `${field.sql} LIKE ${parameters.bind(`%${escaped}%`)}`
    case 'sw':
      return `${field.sql} LIKE ${parameters.bind(`${escaped}%`)}`
    case 'ew':
      return `${field.sql} LIKE ${parameters.bind(`%${escaped}`)}`
    default:
      return `${field.sql} COLLATE "C" ${order[operator]} ${parameters.bind(value)}`
  }
}

const isUuidText = (text: string): boolean => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)

function constantMatches(constant: string, operator: PlanOperator, value: string): boolean {
  if (operator === 'eq') return constant === value
  if (operator === 'co') return constant.includes(value)
  if (operator === 'sw') return constant.startsWith(value)
  if (operator === 'ew') return constant.endsWith(value)
  if (operator === 'gt' || operator === 'ge') return operator === 'ge' ? constant >= value : constant > value
  return operator === 'le' ? constant <= value : constant < value
}

function unsupported(attribute: Attribute, operator: PlanOperator): never {
  throw badRequest('invalidFilter', `${attribute.name} cannot be compared with ${operator}`)
}
