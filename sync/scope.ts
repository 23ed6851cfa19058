import type { Filter, FilterClause, FilterGroup } from './schema.ts'
import { isEmpty, isList, type Source, textOf, type Value } from './values.ts'

export type Scope = (source: Source) => boolean

interface OperatorDefinition {
  arity: 'Unary' | 'Binary'
  supportedAttributeTypes: readonly string[]
  /** @returns the test of one value that is neither null nor empty */
  prepare(operand: string): (value: Value) => boolean
}

const binary = (
  prepare: (operand: string) => (text: string) => boolean,
  types = ['Integer', 'String'],
): OperatorDefinition => ({
  arity: 'Binary',
  supportedAttributeTypes: types,
  prepare: (operand) => {
    const test = prepare(operand)
    return (value) => test(textOf(value))
  },
})

const integers = (test: (value: number, operand: number) => boolean): OperatorDefinition =>
  binary(
    (operand) => {
      if (!/^-?\d+$/.test(operand)) throw new Error(`"${operand}" is not a whole number`)
      return (text) => /^-?\d+$/.test(text) && test(Number(text), Number(operand))
    },
    ['Integer'],
  )

const unary = (types: string[], test: (value: Value) => boolean): OperatorDefinition => ({
  arity: 'Unary',
  supportedAttributeTypes: types,
  prepare: () => test,
})

const ANY_TYPE = ['Integer', 'String', 'Binary', 'Boolean']

/**
 * Operators of scoping filters, by the name Graph gives them. `&` and `!&` are left out: their meaning is not published.
 * Source: Microsoft Learn, "Scope the users and groups to be provisioned with scoping filters".
 */
export const OPERATORS: Readonly<Record<string, OperatorDefinition>> = {
  EQUALS: binary((operand) => (text) => text === operand),
  'NOT EQUALS': binary((operand) => (text) => text !== operand),
  'IS TRUE': unary(['Boolean'], (value) => textOf(value).toLowerCase() === 'true'),
  'IS FALSE': unary(['Boolean'], (value) => textOf(value).toLowerCase() === 'false'),
  'IS NULL': unary(ANY_TYPE, () => false),
  'IS NOT NULL': unary(ANY_TYPE, () => true),
  'REGEX MATCH': binary((operand) => {
    const pattern = new RegExp(operand)
    return (text) => pattern.test(text)
  }),
  'NOT REGEX MATCH': binary((operand) => {
    const pattern = new RegExp(operand)
    return (text) => !pattern.test(text)
  }),
  Greater_Than: integers((value, operand) => value > operand),
  Greater_Than_OR_EQUALS: integers((value, operand) => value >= operand),
  Includes: binary((operand) => (text) => text.includes(operand), ['String']),
  ENDS_WITH: binary((operand) => (text) => text.endsWith(operand), ['String']),
}

/** Source attributes that cannot be filtered on; the same page. */
const UNUSABLE = new Set(['members', 'memberof', 'ismemberof', 'approleassignments', 'usertype', 'manager'])

/**
 * Compiles the filter that decides scope: clauses of a group are joined with AND, groups with OR, no group means all.
 * @throws Error naming the clause that cannot be used
 */
export function compileScope(groups: readonly FilterGroup[] | undefined): Scope {
  const compiled = (groups ?? []).filter((group) => group.clauses.length > 0).map(compileGroup)
  if (compiled.length === 0) return () => true
  return (source) => compiled.some((group) => group(source))
}

/** Objects that this rejects are not read at all, and so never deprovisioned. */
export function compileInputScope(filter: Filter | null | undefined): Scope {
  return compileScope(filter?.inputFilterGroups)
}

function compileGroup(group: FilterGroup): Scope {
  const clauses = group.clauses.map(compileClause)
  return (source) => clauses.every((clause) => clause(source))
}

function compileClause(clause: FilterClause): Scope {
  const { sourceOperandName: attribute, operatorName } = clause
  const where = `Scoping filter on ${attribute}`
  const operator = OPERATORS[operatorName]
  if (!operator) {
    throw new Error(`${where}: unknown operator "${operatorName}"; allowed: ${Object.keys(OPERATORS).join(', ')}`)
  }
  if (UNUSABLE.has(attribute.toLowerCase())) throw new Error(`${where}: this attribute cannot be used in a filter`)
  const values = clause.targetOperand?.values ?? []
  if (operator.arity === 'Binary' && values.length === 0) throw new Error(`${where}: ${operatorName} needs a value`)
  const tests = (operator.arity === 'Binary' ? values : ['']).map((value) => prepared(operator, value, where))
  return (source) => {
    const value = source(attribute)
    if (isEmpty(value)) return operatorName === 'IS NULL'
    const all: readonly Value[] = isList(value) ? (value as readonly Value[]) : [value]
    return all.every((one) => tests.every((test) => test(one)))
  }
}

function prepared(operator: OperatorDefinition, value: string, where: string): (value: Value) => boolean {
  try {
    return operator.prepare(value)
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`)
  }
}
