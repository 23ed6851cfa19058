import { isEmpty, isList, type Source, textOf, type Value } from '../values.ts'
import { ExpressionError, type Node, type Operator } from './ast.ts'
import { type Environment, FUNCTIONS } from './functions/index.ts'
import { parse } from './parse.ts'

export type Evaluator = (source: Source, environment: Environment) => Value

/**
 * Compiles an expression once, to be evaluated for each object.
 * @throws ExpressionError for bad syntax, an unknown function or a wrong number of arguments
 */
export function compileExpression(expression: string): Evaluator {
  return compileNode(parse(expression), expression)
}

export function compileNode(node: Node, expression: string): Evaluator {
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
      const left = compileNode(node.left, expression)
      const right = compileNode(node.right, expression)
      const { operator } = node
      return (source, environment) => compare(operator, left(source, environment), right(source, environment))
    }
    case 'call':
      return compileCall(node, expression)
  }
}

function compileCall(node: Extract<Node, { kind: 'call' }>, expression: string): Evaluator {
  const definition = FUNCTIONS.get(node.name)
  if (!definition) throw new ExpressionError(unknownFunction(node.name), expression, node.at)
  const { least, most, signature } = definition
  if (node.args.length < least || node.args.length > most) {
    const count = `${node.args.length} argument${node.args.length === 1 ? '' : 's'}`
    throw new ExpressionError(`${node.name} was given ${count}; it is ${signature}`, expression, node.at)
  }
  const args = node.args.map((arg) => (arg ? compileNode(arg, expression) : () => null))
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
  const near = [...FUNCTIONS.keys()].find((known) => known.toLowerCase() === name.toLowerCase())
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
  const order = ordered(left, right)
  switch (operator) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
  }
}

function ordered(left: Value, right: Value): number {
  const [a, b] = [textOf(left), textOf(right)]
  const [x, y] = [Number(a), Number(b)]
  if (!isList(left) && !isList(right) && !Number.isNaN(x) && !Number.isNaN(y)) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}
