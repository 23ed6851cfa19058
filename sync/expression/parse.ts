import { ExpressionError, type Node } from './ast.ts'
import { functionNamed } from './functions/index.ts'
import { DEFAULT_LANGUAGE, type LanguageOptions } from './language.ts'
import { type Token, tokenize } from './tokenize.ts'

/** Longest expression that the service takes, in characters (Microsoft Learn, "Customize attribute mappings"). */
const LONGEST = 10_000

const WORDS: Readonly<Record<string, string | number | boolean>> = {
  True: true,
  true: true,
  False: false,
  false: false,
  vbBinaryCompare: 'vbBinaryCompare',
  vbTextCompare: 'vbTextCompare',
}

/**
 * Reads a mapping expression such as `Switch([IsSoftDeleted], , "False", "True", "True", "False")`.
 * Whether the functions named exist is not looked at here; compiling does.
 * @throws ExpressionError with the position of what is wrong
 */
export function parse(expression: string, options: LanguageOptions = DEFAULT_LANGUAGE): Node {
  if (expression.length > LONGEST) {
    throw new ExpressionError(
      `An expression has at most ${LONGEST} characters, this one ${expression.length}`,
      expression.slice(0, 60),
      0,
    )
  }
  const tokens = tokenize(expression)
  let next = 0
  const peek = (): Token => tokens[next]!
  const fail = (message: string, at = peek().at): never => {
    throw new ExpressionError(message, expression, at)
  }

  const whole = comparison()
  if (peek().kind !== 'end') fail(`Nothing was expected after the end of the expression, but there is ${named(peek())}`)
  return whole

  function comparison(): Node {
    const left = primary()
    const token = peek()
    if (token.kind !== 'operator') return left
    next += 1
    return { kind: 'compare', operator: token.text, left, right: primary(), at: left.at }
  }

  function primary(): Node {
    const token = peek()
    next += 1
    switch (token.kind) {
      case 'attribute':
        return { kind: 'attribute', name: token.text, at: token.at }
      case 'text':
        return { kind: 'constant', value: token.text, at: token.at }
      case 'number':
        return { kind: 'constant', value: token.value, at: token.at }
      case 'word':
        return word(token.text, token.at)
      default:
        return fail(`Expected [attribute], a constant or a function, found ${named(token)}`, token.at)
    }
  }

  function word(text: string, at: number): Node {
    if (peek().kind === '(') {
      next += 1
      const name = options.functionNames === 'anyCase' ? (functionNamed(text) ?? text) : text
      return { kind: 'call', name, args: args(), at }
    }
    const value = WORDS[text]
    if (value !== undefined) return { kind: 'constant', value, at }
    return fail(`"${text}" is neither a constant nor followed by "("; write [${text}] for an attribute`, at)
  }

  function args(): (Node | null)[] {
    const found: (Node | null)[] = []
    if (peek().kind === ')') {
      next += 1
      return found
    }
    for (;;) {
      found.push(peek().kind === ',' || peek().kind === ')' ? null : comparison())
      const token = peek()
      next += 1
      if (token.kind === ')') return found
      if (token.kind !== ',') fail(`Expected "," or ")", found ${named(token)}`, token.at)
    }
  }
}

function named(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end'
    case 'number':
      return String(token.value)
    case 'attribute':
      return `[${token.text}]`
    case 'text':
      return JSON.stringify(token.text)
    case 'word':
    case 'operator':
      return `"${token.text}"`
    default:
      return `"${token.kind}"`
  }
}
