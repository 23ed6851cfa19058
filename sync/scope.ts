import { regexOf } from './regex/regex.ts'
import type { Filter, FilterClause, FilterGroup } from './schema.ts'
import { isEmpty, isList, type Source, textOf, type Value } from './values.ts'

export type Scope = (source: Source) => boolean

/** What of scoping filters Microsoft's pages leave open. */
export interface ScopeOptions {
  /** Whether a regular expression may match a part of the value (as .NET does), or has to match all of it. */
  regexMatch: 'anywhere' | 'whole'
  /** `&` and `!&`: whether bits of an integer are tested, or whether the value is one of a list separated by commas. */
  ampersand: 'bits' | 'oneOf'
}

export const DEFAULT_SCOPE_OPTIONS: ScopeOptions = { regexMatch: 'anywhere', ampersand: 'bits' }

interface OperatorDefinition {
  arity: 'Unary' | 'Binary'
  supportedAttributeTypes: readonly string[]
  /** @returns the test of one value that is neither null nor empty */
  prepare(operand: string, options: ScopeOptions): (value: Value) => boolean
}

const binary = (
  prepare: (operand: string, options: ScopeOptions) => (text: string) => boolean,
  types = ['Integer', 'String'],
): OperatorDefinition => ({
  arity: 'Binary',
  supportedAttributeTypes: types,
  prepare: (operand, options) => {
    const test = prepare(operand, options)
    return (value) => test(textOf(value))
  },
})

const wholeNumber = (operand: string): bigint => {
  if (!/^-?\d+$/.test(operand)) throw new Error(`"${operand}" is not a whole number`)
  return BigInt(operand)
}

const integers = (test: (value: bigint, operand: bigint) => boolean): OperatorDefinition =>
  binary(
    (operand) => {
      const number = wholeNumber(operand)
      return (text) => /^-?\d+$/.test(text) && test(BigInt(text), number)
    },
    ['Integer'],
  )

const matches = (operand: string, { regexMatch }: ScopeOptions): ((text: string) => boolean) => {
  const pattern = regexOf(operand, regexMatch)
  return (text) => pattern.test(text)
}

const ampersand = (operand: string, { ampersand: meaning }: ScopeOptions): ((text: string) => boolean) => {
  if (meaning === 'oneOf') {
    const list = new Set(operand.split(',').map((one) => one.trim()))
    return (text) => list.has(text)
  }
  const mask = wholeNumber(operand)
  return (text) => /^-?\d+$/.test(text) && (BigInt(text) & mask) !== 0n
}

const unary = (types: string[], test: (value: Value) => boolean): OperatorDefinition => ({
  arity: 'Unary',
  supportedAttributeTypes: types,
  prepare: () => test,
})

const ANY_TYPE = ['Integer', 'String', 'Binary', 'Boolean']

/**
 * Operators of scoping filters, by the name Graph gives them. `&` and `!&` are listed without their meaning.
 * Source: Microsoft Learn, "Scope the users and groups to be provisioned with scoping filters".
 */
export const OPERATORS: Readonly<Record<string, OperatorDefinition>> = {
  EQUALS: binary((operand) => (text) => text === operand),
  'NOT EQUALS': binary((operand) => (text) => text !== operand),
  'IS TRUE': unary(['Boolean'], (value) => textOf(value).toLowerCase() === 'true'),
  'IS FALSE': unary(['Boolean'], (value) => textOf(value).toLowerCase() === 'false'),
  'IS NULL': unary(ANY_TYPE, () => false),
  'IS NOT NULL': unary(ANY_TYPE, () => true),
  'REGEX MATCH': binary(matches),
  'NOT REGEX MATCH': binary((operand, options) => {
    const test = matches(operand, options)
    return (text) => !test(text)
  }),
  Greater_Than: integers((value, operand) => value > operand),
  Greater_Than_OR_EQUALS: integers((value, operand) => value >= operand),
  Includes: binary((operand) => (text) => text.includes(operand), ['String']),
  ENDS_WITH: binary((operand) => (text) => text.endsWith(operand), ['String']),
  '&': binary(ampersand),
  '!&': binary((operand, options) => {
    const test = ampersand(operand, options)
    return (text) => !test(text)
  }),
}

/** Source attributes that cannot be filtered on; the same page. */
const UNUSABLE = new Set(['members', 'memberof', 'ismemberof', 'approleassignments', 'usertype', 'manager'])

/** A clause ready to be evaluated, and the words that the provisioning log has for it. */
interface CompiledClause {
  text: string
  holds: Scope
}

/**
 * Compiles the filter that decides scope: clauses of a group are joined with AND, groups with OR, no group means all.
 * @throws Error naming the clause that cannot be used
 */
export function compileScope(groups: readonly FilterGroup[] | undefined, options = DEFAULT_SCOPE_OPTIONS): Scope {
  const compiled = compileGroups(groups, options)
  if (compiled.length === 0) return () => true
  return (source) => compiled.some((clauses) => clauses.every(({ holds }) => holds(source)))
}

/** Objects that this rejects are not read at all, and so never deprovisioned. */
export function compileInputScope(filter: Filter | null | undefined, options = DEFAULT_SCOPE_OPTIONS): Scope {
  return compileScope(filter?.inputFilterGroups, options)
}

/** Each clause of a filter and whether it holds, as the log shows it: `Sales.department EQUALS 'sales'`. */
export function compileScopeDetails(
  groups: readonly FilterGroup[] | undefined,
  options = DEFAULT_SCOPE_OPTIONS,
): (source: Source) => Record<string, boolean> {
  const clauses = compileGroups(groups, options).flat()
  return (source) => Object.fromEntries(clauses.map(({ text, holds }) => [text, holds(source)]))
}

function compileGroups(groups: readonly FilterGroup[] | undefined, options: ScopeOptions): CompiledClause[][] {
  return (groups ?? [])
    .filter((group) => group.clauses.length > 0)
    .map((group) => group.clauses.map((clause) => compileClause(group, clause, options)))
}

function compileClause(group: FilterGroup, clause: FilterClause, options: ScopeOptions): CompiledClause {
  const { sourceOperandName: attribute, operatorName } = clause
  const where = `Scoping filter on ${attribute}`
  const operator = OPERATORS[operatorName]
  if (!operator) {
    throw new Error(`${where}: unknown operator "${operatorName}"; allowed: ${Object.keys(OPERATORS).join(', ')}`)
  }
  if (UNUSABLE.has(attribute.toLowerCase())) throw new Error(`${where}: this attribute cannot be used in a filter`)
  const values = clause.targetOperand?.values ?? []
  if (operator.arity === 'Binary' && values.length === 0) throw new Error(`${where}: ${operatorName} needs a value`)
  const operands = operator.arity === 'Binary' ? values : ['']
  const tests = operands.map((operand) => prepared(operator, operand, options, where))
  const shownValues = operator.arity === 'Binary' ? ` '${values.join("', '")}'` : ''
  return {
    text: `${group.name ? `${group.name}.` : ''}${attribute} ${operatorName}${shownValues}`,
    holds: (source) => {
      const value = source(attribute)
      if (isEmpty(value)) return operatorName === 'IS NULL'
      const all: readonly Value[] = isList(value) ? (value as readonly Value[]) : [value]
      return all.every((one) => tests.every((test) => test(one)))
    },
  }
}

function prepared(
  operator: OperatorDefinition,
  operand: string,
  options: ScopeOptions,
  where: string,
): (value: Value) => boolean {
  try {
    return operator.prepare(operand, options)
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`)
  }
}
