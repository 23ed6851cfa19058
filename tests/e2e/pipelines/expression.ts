/**
 * The expressions of workflows and pipelines, evaluated over a table. What the table has not is an error: a pipeline
 * that reads something else than the test gives it is not tested. Sources: GitHub Docs, "Evaluate expressions in
 * workflows and actions"; Microsoft Learn, "Azure Pipelines expressions".
 */

export interface Surroundings {
  /** `github`, `vars`, `parameters`, …; nested objects. */
  values: Record<string, unknown>
  functions: Record<string, (...args: unknown[]) => unknown>
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(==|!=|&&|\|\||[!()[\].,]))/y

export function evaluate(text: string, { values, functions }: Surroundings): unknown {
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]
  const take = (expected?: string): string => {
    const token = tokens[at++]
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expression '${text}': ${expected ?? 'more'} was expected, not ${token ?? 'its end'}`)
    }
    return token
  }
  const binary = (operators: Record<string, (a: unknown, b: unknown) => unknown>, inner: () => unknown) => () => {
    let value = inner()
    while (peek() !== undefined && Object.hasOwn(operators, peek()!)) {
      const operator = operators[take()]!
      value = operator(value, inner())
    }
    return value
  }
  const equality = binary({ '==': same, '!=': (a, b) => !same(a, b) }, unary)
  const and = binary({ '&&': (a, b) => a && b }, equality)
  const or = binary({ '||': (a, b) => a || b }, and)

  function unary(): unknown {
    if (peek() !== '!') return primary()
    take()
    return !unary()
  }
  function primary(): unknown {
    const token = take()
    if (token === '(') {
      const value = or()
      take(')')
      return value
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^\d/.test(token)) return Number(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    return peek() === '(' ? call(token) : path(token)
  }
  function call(name: string): unknown {
    const known = functions[name]
    if (!known) throw new Error(`expression '${text}': the function ${name} is not known here`)
    take('(')
    const args: unknown[] = []
    while (peek() !== ')') {
      args.push(or())
      if (peek() === ',') take()
    }
    take(')')
    return known(...args)
  }
  function path(root: string): unknown {
    let value = member(values, root)
    while (peek() === '.' || peek() === '[') {
      const key = take() === '.' ? take() : String(or())
      if (tokens[at - 1] !== key) take(']')
      value = member(value, key)
    }
    return value
  }
  function member(of: unknown, key: string): unknown {
    const found = (of as Record<string, unknown> | null | undefined)?.[key]
    if (found === undefined) throw new Error(`expression '${text}': ${key} is not in the test's table`)
    return found
  }

  const value = or()
  if (at < tokens.length) throw new Error(`expression '${text}': ${tokens[at]} was not expected`)
  return value
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`expression '${text}' cannot be read from '${text.slice(from)}'`)
    tokens.push(match.slice(1).find((part) => part !== undefined)!)
  }
  return tokens
}

/** Text is compared without regard to case. */
function same(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b
}

/** Replaces each expression in a text; a text that is one expression becomes its value. */
export function fill(text: unknown, open: '${{' | '$[', surroundings: Surroundings): unknown {
  if (typeof text !== 'string') return text
  const pattern = open === '${{' ? /\$\{\{(.*?)\}\}/gs : /\$\[(.*)\]/gs
  const whole = [...text.matchAll(pattern)]
  if (whole.length === 1 && whole[0]![0] === text.trim()) return evaluate(whole[0]![1]!, surroundings)
  return text.replace(pattern, (_all, expression: string) => String(evaluate(expression, surroundings)))
}
