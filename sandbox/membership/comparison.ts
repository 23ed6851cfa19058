import { type Regex, regexOf } from '../../sync/regex/regex.ts'
import { RegexError } from '../../sync/regex/syntax.ts'
import type { PropertyType } from './properties.ts'
import { RuleError } from './tokens.ts'

/** What stands to the right of an operator: texts, `true`, `false`, null, or a time that is known when it is asked for. */
export type Operand = string | boolean | null | (() => number)

type Test = (value: unknown) => boolean

/** The positive operator of a negative one: `-notContains` passes what `-contains` does not, also where there is no value. */
const POSITIVE: Readonly<Record<string, string>> = {
  ne: 'eq',
  notstartswith: 'startswith',
  notendswith: 'endswith',
  notcontains: 'contains',
  notmatch: 'match',
  notin: 'in',
}

const TEXT: Readonly<Record<string, (value: string, operand: string) => boolean>> = {
  eq: (value, operand) => value === operand,
  startswith: (value, operand) => value.startsWith(operand),
  endswith: (value, operand) => value.endsWith(operand),
  contains: (value, operand) => value.includes(operand),
}

const TIME: Readonly<Record<string, (value: number, operand: number) => boolean>> = {
  eq: (value, operand) => value === operand,
  gt: (value, operand) => value > operand,
  ge: (value, operand) => value >= operand,
  lt: (value, operand) => value < operand,
  le: (value, operand) => value <= operand,
}

const OPERATORS = new Set([...Object.keys(POSITIVE), ...Object.values(POSITIVE), ...Object.keys(TIME)])

/** @param name in lower case, without its hyphen */
export const isOperator = (name: string): boolean => OPERATORS.has(name)

const fold = (value: unknown): string => String(value).toLowerCase()

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

/** @throws RuleError where the operator does not go with the type or the operands */
export function compare(type: PropertyType, operator: string, operands: readonly Operand[]): Test {
  const positive = POSITIVE[operator] ?? operator
  const test = positiveTest(type, positive, operands)
  if (!test) throw new RuleError(`Invalid operands found for operator -${operator}.`)
  return positive === operator ? test : (value) => !test(value)
}

function positiveTest(type: PropertyType, operator: string, operands: readonly Operand[]): Test | undefined {
  const [operand] = operands
  if (type === 'device') return () => false
  if (operator !== 'in' && operands.length !== 1) return undefined
  if (operand === null) return operator === 'eq' ? isEmpty : undefined
  switch (type) {
    case 'boolean':
      return operator === 'eq' && typeof operand === 'boolean' ? (value) => value === operand : undefined
    case 'time': {
      const then = timeOf(operand)
      const holds = TIME[operator]
      return then && holds && ((value) => !isEmpty(value) && holds(Date.parse(String(value)), then()))
    }
    case 'text':
    case 'texts': {
      const test = textTest(operator, operands)
      return test && ((value) => [value].flat().some((one) => !isEmpty(one) && test(String(one))))
    }
    default:
      return undefined
  }
}

/** Upper and lower case are the same, in regular expressions too. */
function textTest(operator: string, operands: readonly Operand[]): ((value: string) => boolean) | undefined {
  if (!operands.every((operand) => typeof operand === 'string')) return undefined
  const [operand = ''] = operands
  if (operator === 'in') {
    const list = new Set(operands.map(fold))
    return (value) => list.has(fold(value))
  }
  if (operator === 'match') {
    return ignoringCase(operand).test
  }
  const holds = TEXT[operator]
  return holds && ((value) => holds(fold(value), fold(operand)))
}

function ignoringCase(pattern: string): Regex {
  try {
    return regexOf(`(?i)${pattern}`)
  } catch (error) {
    throw error instanceof RegexError ? new RuleError(`Invalid regular expression '${pattern}'.`) : error
  }
}

function timeOf(operand: Operand | undefined): (() => number) | undefined {
  if (typeof operand === 'function') return operand
  const time = typeof operand === 'string' ? Date.parse(operand) : Number.NaN
  return Number.isNaN(time) ? undefined : () => time
}
