import { isEmpty, type Source, textOf, type Value } from '../values.ts'
import { type Call, ExpressionError, type Node, type Operator } from './ast.ts'
import { unsupportedForm } from './forms.ts'
import { type Environment, FUNCTIONS, functionNamed } from './functions/index.ts'
import { DEFAULT_LANGUAGE, type LanguageOptions } from './language.ts'
import { parse } from './parse.ts'

export type Evaluator = (source: Source, environment: Environment) => Value

/**
 * Compiles an expression once, to be evaluated for each object.
 * @throws ExpressionError for bad syntax, an unknown function, wrong arguments, or what the service does not support
 */
export function compileExpression(expression: string, options: LanguageOptions = DEFAULT_LANGUAGE): Evaluator {
  return compileNode(parse(expression, options), expression, options)
}

/** @throws ExpressionError as compileExpression */
export function compileNode(node: Node, expression: string, options: LanguageOptions): Evaluator {
  const unsupported = options.unsupportedForms === 'refused' ? unsupportedForm(node) : null
  if (unsupported) {
    throw new ExpressionError(`${unsupported} is not supported by the service; use Switch`, expression, node.at)
  }
  switch (node.kind) {
    case 'constant': {
      const { value } = node
      return () => value
    }
    case 'attribute': {
      const { name } = node
      return (source) => source(name)
    }
    case 'compare': {
      const left = compileNode(node.left, expression, options)
      const right = compileNode(node.right, expression, options)
      const { operator } = node
      return (source, environment) => compare(operator, left(source, environment), right(source, environment))
    }
    case 'call':
      return compileCall(node, expression, options)
  }
}

function compileCall(node: Call, expression: string, options: LanguageOptions): Evaluator {
  const definition = FUNCTIONS.get(node.name)
  if (!definition) throw new ExpressionError(unknownFunction(node.name), expression, node.at)
  const { least, most, signature } = definition
  if (node.args.length < least || node.args.length > most) {
    const count = `${node.args.length} argument${node.args.length === 1 ? '' : 's'}`
    throw new ExpressionError(`${node.name} was given ${count}; it is ${signature}`, expression, node.at)
  }
  const problem = definition.problem?.(node.args)
  if (problem) throw new ExpressionError(`${node.name} ${problem}`, expression, node.at)
  const args = node.args.map((arg) => (arg ? compileNode(arg, expression, options) : () => null))
  if (definition.choose) {
    const { choose } = definition
    return (source, environment) =>
      choose(
        args.map((arg) => () => arg(source, environment)),
        environment,
      )
  }
  const { evaluate } = definition
  return (source, environment) =>
    evaluate(
      args.map((arg) => arg(source, environment)),
      environment,
    )
}

function unknownFunction(name: string): string {
  const near = functionNamed(name)
  const hint = near
    ? `; names are case-sensitive, did you mean ${near}?`
    : `. Known: ${[...FUNCTIONS.keys()].join(', ')}`
  return `Unknown function "${name}"${hint}`
}

/**
 * True or false; null when a side is empty, since a comparison with a null attribute fails as a whole
 * (Microsoft Learn, "Reference for writing expressions", IIF).
 */
function compare(operator: Operator, left: Value, right: Value): Value {
  if (isEmpty(left) || isEmpty(right)) return null
  switch (operator) {
    case '=':
      return same(left, right)
    case '<>':
      return !same(left, right)
    case '>':
      return order(left, right) > 0
    case '>=':
      return order(left, right) >= 0
    case '<':
      return order(left, right) < 0
    case '<=':
      return order(left, right) <= 0
  }
}

/** Two texts are the same letter by letter, as for Switch; a number is what a text writes as a plain decimal. */
function same(left: Value, right: Value): boolean {
  const eitherNumber = typeof left === 'number' || typeof right === 'number'
  const [x, y] = eitherNumber ? [decimal(left), decimal(right)] : [null, null]
  return x !== null && y !== null ? x === y : textOf(left) === textOf(right)
}

function order(left: Value, right: Value): number {
  const [x, y] = [decimal(left), decimal(right)]
  if (x !== null && y !== null) return x - y
  const [a, b] = [textOf(left), textOf(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

function decimal(value: Value): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null
}
