import { ExpressionError, type Operator } from './ast.ts'

export type Token =
  | { kind: 'word'; text: string; at: number }
  | { kind: 'attribute'; text: string; at: number }
  | { kind: 'text'; text: string; at: number }
  | { kind: 'number'; value: number; at: number }
  | { kind: 'operator'; text: Operator; at: number }
  | { kind: '(' | ')' | ','; at: number }
  | { kind: 'end'; at: number }

const SPACE = /\s*/y

/** Sticky patterns in the order tried; a text constant is read by hand for the sake of its escapes. */
const KINDS: readonly (readonly [RegExp, (match: RegExpExecArray, at: number) => Token])[] = [
  [/[(),]/y, ([text], at) => ({ kind: text as '(' | ')' | ',', at })],
  [/\[([^[\]"]+)\]/y, ([, name], at) => ({ kind: 'attribute', text: name!.trim(), at })],
  [/&[Hh]([0-9A-Fa-f]+)/y, ([, digits], at) => ({ kind: 'number', value: Number.parseInt(digits!, 16), at })],
  [/-?\d+(\.\d+)?/y, ([text], at) => ({ kind: 'number', value: Number(text), at })],
  [/<>|<=|>=|=|<|>/y, ([text], at) => ({ kind: 'operator', text: text as Operator, at })],
  [/[A-Za-z_][A-Za-z0-9_]*/y, ([text], at) => ({ kind: 'word', text, at })],
]

/**
 * Splits a mapping expression into tokens.
 * In a text constant `\` escapes the character after it. Source: Microsoft Learn, "Reference for writing expressions
 * for attribute mappings in Microsoft Entra ID", syntax overview.
 */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.exec(expression)
    at = SPACE.lastIndex
    if (at >= expression.length) return [...tokens, { kind: 'end', at }]
    const [token, end] = expression[at] === '"' ? textConstant(expression, at) : patternToken(expression, at)
    tokens.push(token)
    at = end
  }
}

function patternToken(expression: string, at: number): [token: Token, end: number] {
  for (const [pattern, token] of KINDS) {
    pattern.lastIndex = at
    const match = pattern.exec(expression)
    if (match) return [token(match, at), pattern.lastIndex]
  }
  const character = expression[at]
  const problem = character === '[' ? 'An attribute name is not closed with "]"' : `Unexpected character "${character}"`
  throw new ExpressionError(problem, expression, at)
}

function textConstant(expression: string, start: number): [token: Token, end: number] {
  let text = ''
  for (let at = start + 1; at < expression.length; at++) {
    const character = expression[at]!
    if (character === '"') return [{ kind: 'text', text, at: start }, at + 1]
    if (character === '\\' && at + 1 < expression.length) at += 1
    text += expression[at]
  }
  throw new ExpressionError('A text constant is not closed with a double quote', expression, start)
}
