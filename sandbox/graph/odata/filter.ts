import { badRequest } from '../errors.ts'

export type Literal = string | number | boolean | null

export type Operand =
  | { kind: 'literal'; value: Literal }
  | { kind: 'path'; path: string[] }
  | { kind: 'fold'; operand: Operand; to: 'lower' | 'upper' }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** A parsed `$filter`. */
export type Filter =
  | { kind: 'and' | 'or'; left: Filter; right: Filter }
  | { kind: 'not'; filter: Filter }
  | { kind: 'compare'; operator: Comparison; left: Operand; right: Operand }
  | { kind: 'in'; operand: Operand; values: Literal[] }
  | { kind: 'text'; name: 'startswith' | 'endswith' | 'contains'; operand: Operand; value: Operand }
  /** Without a filter: the list holds something. */
  | { kind: 'any'; path: string[]; variable: string; filter: Filter | null }

interface Token {
  kind: 'word' | 'text' | 'number' | 'mark' | 'end'
  value: string
  at: number
}

const TOKEN =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<mark>[(),:/])|(?<number>-?\d+(?:\.\d+)?(?![\w.:-]))|(?<word>[\w@.$-][\w@.:+$-]*))/y

const COMPARISONS = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const TEXT_FUNCTIONS = new Set(['startswith', 'endswith', 'contains'])
const CONSTANTS: Record<string, Literal> = { true: true, false: false, null: null }
const GUID_OR_TIME = /^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)$/i

/**
 * Parse the part of OData's filter language that Graph's directory objects support (OData 4.01 part 2, 5.1.1).
 * @throws GraphFailure 400 that names the position
 */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text)
  const parser = new Parser(text, tokens)
  return parser.whole()
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  let at = 0
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match?.groups) throw syntaxError(text, at)
    const [kind, value] = Object.entries(match.groups).find(([, found]) => found !== undefined)!
    const start = TOKEN.lastIndex - value!.length
    tokens.push({ kind: kind as Token['kind'], value: value!, at: start })
    at = TOKEN.lastIndex
  }
  // `any(t:t eq 'x')` has no space after the colon, which the word pattern would swallow with a time's colons.
  return tokens.flatMap(splitLambda).concat({ kind: 'end', value: '', at: text.length })
}

function splitLambda(token: Token): Token[] {
  const colon = token.kind === 'word' && !GUID_OR_TIME.test(token.value) ? token.value.indexOf(':') : -1
  if (colon < 0) return [token]
  const parts: Token[] = [
    { kind: 'word', value: token.value.slice(0, colon), at: token.at },
    { kind: 'mark', value: ':', at: token.at + colon },
    { kind: 'word', value: token.value.slice(colon + 1), at: token.at + colon + 1 },
  ]
  return parts.filter((part) => part.value !== '')
}

const syntaxError = (text: string, at: number) =>
  badRequest(`Invalid filter clause: Syntax error at position ${at} in '${text}'.`)

class Parser {
  readonly #text: string
  readonly #tokens: Token[]
  #next = 0

  constructor(text: string, tokens: Token[]) {
    this.#text = text
    this.#tokens = tokens
  }

  whole(): Filter {
    const filter = this.#or()
    if (this.#peek().kind !== 'end') throw this.#error()
    return filter
  }

  #or(): Filter {
    let left = this.#and()
    while (this.#takeWord('or')) left = { kind: 'or', left, right: this.#and() }
    return left
  }

  #and(): Filter {
    let left = this.#unary()
    while (this.#takeWord('and')) left = { kind: 'and', left, right: this.#unary() }
    return left
  }

  #unary(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', filter: this.#unary() }
    if (this.#takeMark('(')) {
      const filter = this.#or()
      this.#expectMark(')')
      return filter
    }
    return this.#term()
  }

  #term(): Filter {
    const word = this.#peek().value.toLowerCase()
    if (TEXT_FUNCTIONS.has(word) && this.#tokens[this.#next + 1]?.value === '(') return this.#textFunction(word)
    const operand = this.#operand()
    if (operand.kind === 'path' && operand.path.at(-1) === 'any' && this.#takeMark('(')) return this.#any(operand.path)
    if (this.#takeWord('in')) return { kind: 'in', operand, values: this.#list() }
    const operator = this.#peek().value.toLowerCase()
    if (this.#peek().kind !== 'word' || !COMPARISONS.has(operator)) throw this.#error()
    this.#next += 1
    return { kind: 'compare', operator: operator as Comparison, left: operand, right: this.#operand() }
  }

  #textFunction(name: string): Filter {
    this.#next += 2
    const operand = this.#operand()
    this.#expectMark(',')
    const value = this.#operand()
    this.#expectMark(')')
    if (this.#takeWord('eq') && !this.#takeWord('true')) throw this.#error()
    return { kind: 'text', name: name as 'contains', operand, value }
  }

  #any(path: string[]): Filter {
    if (this.#takeMark(')')) return { kind: 'any', path: path.slice(0, -1), variable: '', filter: null }
    const variable = this.#peek().value
    this.#next += 1
    this.#expectMark(':')
    const filter = this.#or()
    this.#expectMark(')')
    return { kind: 'any', path: path.slice(0, -1), variable, filter }
  }

  #list(): Literal[] {
    this.#expectMark('(')
    const values: Literal[] = []
    do {
      const operand = this.#operand()
      if (operand.kind !== 'literal') throw this.#error()
      values.push(operand.value)
    } while (this.#takeMark(','))
    this.#expectMark(')')
    return values
  }

  #operand(): Operand {
    const token = this.#peek()
    this.#next += 1
    if (token.kind === 'text') return { kind: 'literal', value: token.value.slice(1, -1).replaceAll("''", "'") }
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.value) }
    if (token.kind !== 'word') throw this.#error(token)
    if (Object.hasOwn(CONSTANTS, token.value)) return { kind: 'literal', value: CONSTANTS[token.value]! }
    if (GUID_OR_TIME.test(token.value)) return { kind: 'literal', value: token.value }
    if (/^to(lower|upper)$/i.test(token.value) && this.#takeMark('(')) {
      const operand = this.#operand()
      this.#expectMark(')')
      return { kind: 'fold', operand, to: token.value.toLowerCase() === 'tolower' ? 'lower' : 'upper' }
    }
    return { kind: 'path', path: this.#path(token.value) }
  }

  #path(first: string): string[] {
    const path = [first]
    while (this.#takeMark('/')) {
      path.push(this.#peek().value)
      this.#next += 1
    }
    return path
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? this.#tokens.at(-1)!
  }

  #takeWord(word: string): boolean {
    const token = this.#peek()
    const found = token.kind === 'word' && token.value.toLowerCase() === word
    if (found) this.#next += 1
    return found
  }

  #takeMark(mark: string): boolean {
    const token = this.#peek()
    const found = token.kind === 'mark' && token.value === mark
    if (found) this.#next += 1
    return found
  }

  #expectMark(mark: string): void {
    if (!this.#takeMark(mark)) throw this.#error()
  }

  #error(token = this.#peek()): Error {
    return syntaxError(this.#text, token.at)
  }
}
