import { badRequest, clip } from '../errors.ts'
import { filterLimits } from '../limits.ts'
import type { CompareOperator, Filter, Literal, Literals, PatchPath } from './ast.ts'
import { type Token, tokenize } from './tokens.ts'

const operators = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const attributePath = /^(?:urn:[^\s"()[\]]+:)?[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?$/i

/**
 * The tree of a filter. Operators and keywords in any case, `and` before `or`, `not` only before parentheses
 * (RFC 7644 §3.4.2.2). Besides the grammar it takes `emails[type eq "work"].value eq "x"` (one element meets both
 * conditions), since Entra sends it, and where `lenient` unquoted literals. Throws 400 `invalidFilter`.
 */
export function parseFilter(text: string, literals: Literals = 'lenient'): Filter {
  const parser = new Parser(text, literals)
  const filter = parser.disjunction(0)
  parser.end()
  return filter
}

/** The parts of a PATCH path. Throws 400 `invalidPath`, or `invalidFilter` for what is between the brackets. */
export function parsePatchPath(text: string, literals: Literals): PatchPath {
  const bracket = text.indexOf('[')
  const path = bracket < 0 ? text.trim() : text.slice(0, bracket).trim()
  if (!isAttributePath(path)) throw badPath(text)
  if (bracket < 0) return { path }
  const close = text.lastIndexOf(']')
  const rest = text.slice(close + 1).trim()
  if (close < bracket || (rest !== '' && !/^\.[A-Za-z$][\w$-]*$/.test(rest))) throw badPath(text)
  const inner = text.slice(bracket + 1, close)
  if (/^\s*\d*\s*$/.test(inner)) throw badPath(text)
  return { path, filter: parseFilter(inner, literals), ...(rest && { sub: rest.slice(1) }) }
}

function badPath(text: string): Error {
  return badRequest(
    'invalidPath',
    `Path ${JSON.stringify(clip(text))} is not of the form attr, attr.sub or attr[filter].sub`,
  )
}

function isAttributePath(text: string): boolean {
  return attributePath.test(text) || /^urn:[\w:.+=@;$!*'-]+$/i.test(text)
}

class Parser {
  readonly #text: string
  readonly #literals: Literals
  readonly #tokens: Token[]
  #at = 0
  #terms = 0

  constructor(text: string, literals: Literals) {
    this.#text = text
    this.#literals = literals
    this.#tokens = tokenize(text)
  }

  disjunction(depth: number): Filter {
    return this.#series('or', () => this.#conjunction(depth))
  }

  #conjunction(depth: number): Filter {
    return this.#series('and', () => this.#term(depth))
  }

  #series(keyword: 'and' | 'or', next: () => Filter): Filter {
    const filters = [next()]
    while (this.#keyword(keyword)) filters.push(next())
    return filters.length === 1 ? filters[0]! : { kind: keyword, filters }
  }

  #term(depth: number): Filter {
    if (depth > filterLimits.depth) throw this.#fail(`is nested deeper than ${filterLimits.depth}`)
    if (++this.#terms > filterLimits.terms) throw this.#fail(`has more than ${filterLimits.terms} terms`)
    if (this.#take('(')) return this.#closed(')', depth)
    if (this.#peekKeyword('not') && this.#tokens[this.#at + 1]?.kind === '(') {
      this.#at += 2
      return { kind: 'not', filter: this.#closed(')', depth) }
    }
    const path = this.#word()
    if (!isAttributePath(path)) throw this.#fail(`has ${JSON.stringify(clip(path))} where an attribute is expected`)
    if (!this.#take('[')) return this.#condition(path)
    const filter = this.#closed(']', depth)
    if (!this.#take('.')) return { kind: 'element', path, filter }
    const sub = this.#condition(this.#word())
    return { kind: 'element', path, filter: { kind: 'and', filters: [filter, sub] } }
  }

  #closed(bracket: ')' | ']', depth: number): Filter {
    const filter = this.disjunction(depth + 1)
    if (!this.#take(bracket)) throw this.#fail(`has no closing ${bracket}`)
    return filter
  }

  #condition(path: string): Filter {
    const operator = this.#word().toLowerCase()
    if (operator === 'pr') return { kind: 'present', path }
    if (!operators.has(operator)) {
      throw this.#fail(
        `has ${JSON.stringify(clip(operator))} where one of ${[...operators].join(', ')}, pr is expected`,
      )
    }
    return { kind: 'compare', path, operator: operator as CompareOperator, value: this.#literal(path) }
  }

  /** The RFC's own example leaves the quotes out for `meta.resourceType`: RFC 7644 §3.4.2.1. */
  #literal(path: string): Literal {
    const token = this.#tokens[this.#at++]
    if (token?.kind === 'string') return token.text
    if (token?.kind === 'number') return token.value
    if (token?.kind !== 'word') throw this.#fail('lacks a value after an operator')
    const lenient = this.#literals === 'lenient' || path.toLowerCase() === 'meta.resourcetype'
    const word = lenient ? token.text.toLowerCase() : token.text
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null') return null
    if (lenient) return token.text
    throw this.#fail(`has ${JSON.stringify(clip(token.text))} where a value is expected; text stands in double quotes`)
  }

  #word(): string {
    const token = this.#tokens[this.#at++]
    if (token?.kind !== 'word') throw this.#fail('is incomplete')
    return token.text
  }

  #keyword(keyword: string): boolean {
    const found = this.#peekKeyword(keyword)
    if (found) this.#at++
    return found
  }

  #peekKeyword(keyword: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' && token.text.toLowerCase() === keyword
  }

  #take(kind: Token['kind']): boolean {
    const found = this.#tokens[this.#at]?.kind === kind
    if (found) this.#at++
    return found
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#fail('goes on after its end')
  }

  #fail(what: string): Error {
    return badRequest('invalidFilter', `The filter ${what}: ${clip(this.#text)}`)
  }
}
