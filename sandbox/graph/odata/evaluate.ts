import { badRequest } from '../errors.ts'
import type { Comparison, Filter, Literal, Operand } from './filter.ts'
import { checkOperands } from './operands.ts'

/** What a filter may name, and how text compares. */
export interface FilterScope {
  /** For the error text: `microsoft.graph.user`. */
  type: string
  /** Property names that exist. */
  properties: ReadonlySet<string>
  /** Directory objects compare without regard to case, the provisioning log with it. */
  caseSensitive?: boolean
  /** The provisioning log takes `jobid` for `jobId`. */
  anyCaseNames?: boolean
}

type Read = (item: unknown) => unknown
type Test = (item: unknown) => boolean

/**
 * Compile a filter into a test of one object.
 * @throws GraphFailure 400 for a property that the type does not have, and for a value that is not of its type
 */
export function compileFilter(filter: Filter, scope: FilterScope): Test {
  return new Compiler(scope).test(filter)
}

/** Whether the filter needs `ConsistencyLevel: eventual` and `$count` (Graph: advanced queries on directory objects). */
export function isAdvanced(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return isAdvanced(filter.left) || isAdvanced(filter.right)
    case 'not':
      return true
    case 'compare':
      return filter.operator === 'ne' || counts(filter.left) || counts(filter.right)
    case 'text':
      return filter.name !== 'startswith'
    case 'any':
      return filter.filter !== null && isAdvanced(filter.filter)
    case 'in':
      return false
  }
}

/** The most alternatives that stand side by side in a filter. */
export function alternatives(filter: Filter): number {
  switch (filter.kind) {
    case 'or':
      return alternatives(filter.left) + alternatives(filter.right)
    case 'and':
      return Math.max(alternatives(filter.left), alternatives(filter.right))
    case 'not':
      return alternatives(filter.filter)
    case 'in':
      return filter.values.length
    default:
      return 1
  }
}

const counts = (operand: Operand): boolean => operand.kind === 'path' && operand.path.at(-1) === '$count'

class Compiler {
  readonly #scope: FilterScope
  readonly #fold: (text: string) => string

  constructor(scope: FilterScope) {
    this.#scope = scope
    this.#fold = scope.caseSensitive ? (text) => text : (text) => text.toLowerCase()
  }

  test(filter: Filter, variable?: string): Test {
    switch (filter.kind) {
      case 'and':
      case 'or':
        return this.#both(filter.kind, this.test(filter.left, variable), this.test(filter.right, variable))
      case 'not': {
        const inner = this.test(filter.filter, variable)
        return (item) => !inner(item)
      }
      case 'compare':
        if (variable === undefined) checkOperands(this.#scope.type, filter)
        return this.#compare(filter.operator, this.#read(filter.left, variable), this.#read(filter.right, variable))
      case 'in':
        if (variable === undefined) checkOperands(this.#scope.type, filter)
        return this.#in(this.#read(filter.operand, variable), filter.values)
      case 'text':
        return this.#text(filter.name, this.#read(filter.operand, variable), this.#read(filter.value, variable))
      case 'any': {
        const list = this.#property(filter.path)
        if (filter.filter === null) return (item) => asList(list(item)).length > 0
        const inner = this.test(filter.filter, filter.variable)
        return (item) => asList(list(item)).some((entry) => inner(entry))
      }
    }
  }

  #both(kind: 'and' | 'or', left: Test, right: Test): Test {
    return kind === 'and' ? (item) => left(item) && right(item) : (item) => left(item) || right(item)
  }

  #read(operand: Operand, variable: string | undefined): Read {
    if (operand.kind === 'literal') {
      const value = this.#folded(operand.value)
      return () => value
    }
    if (operand.kind === 'fold') {
      const inner = this.#read(operand.operand, variable)
      return (item) => {
        const value = inner(item)
        if (typeof value !== 'string') return value
        return operand.to === 'lower' ? value.toLowerCase() : value.toUpperCase()
      }
    }
    const read =
      operand.path[0] === variable ? (item: unknown) => dig(item, operand.path.slice(1)) : this.#property(operand.path)
    return (item) => this.#folded(read(item))
  }

  #property(path: string[]): Read {
    const name = this.#name(path[0]!)
    if (path.length === 1) return (item) => (item as Record<string, unknown>)[name]
    const { anyCaseNames } = this.#scope
    return (item) => dig(item, [name, ...path.slice(1)], anyCaseNames)
  }

  #name(name: string): string {
    const { properties, anyCaseNames, type } = this.#scope
    if (properties.has(name)) return name
    const similar = anyCaseNames && [...properties].find((known) => known.toLowerCase() === name.toLowerCase())
    if (similar) return similar
    throw badRequest(`Invalid filter clause: Could not find a property named '${name}' on type '${type}'.`)
  }

  #folded(value: unknown): unknown {
    return typeof value === 'string' ? this.#fold(value) : value
  }

  #compare(operator: Comparison, left: Read, right: Read): Test {
    switch (operator) {
      case 'eq':
        return (item) => (left(item) ?? null) === (right(item) ?? null)
      case 'ne':
        return (item) => (left(item) ?? null) !== (right(item) ?? null)
      case 'gt':
        return (item) => order(left(item), right(item)) > 0
      case 'ge':
        return (item) => order(left(item), right(item)) >= 0
      case 'lt':
        return (item) => order(left(item), right(item)) < 0
      case 'le':
        return (item) => order(left(item), right(item)) <= 0
    }
  }

  #in(operand: Read, values: Literal[]): Test {
    const wanted = new Set(values.map((value) => this.#folded(value)))
    return (item) => wanted.has(operand(item) ?? null)
  }

  #text(name: 'startswith' | 'endswith' | 'contains', operand: Read, value: Read): Test {
    return (item) => {
      const text = operand(item)
      const part = value(item)
      if (typeof text !== 'string' || typeof part !== 'string') return false
      if (name === 'startswith') return text.startsWith(part)
      return name === 'endswith' ? text.endsWith(part) : text.includes(part)
    }
  }
}

/** NaN, which no comparison accepts, where the two have no order. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a !== 'string' || typeof b !== 'string') return Number.NaN
  const [left, right] = [instant(a), instant(b)]
  if (left !== undefined && right !== undefined) return left - right
  return a < b ? -1 : a > b ? 1 : 0
}

const TIME = /^\d{4}-\d\d-\d\d(t[\d:.]+(z|[+-]\d\d:\d\d))?$/i
const instant = (text: string) => (TIME.test(text) ? Date.parse(text.toUpperCase()) : undefined)

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function dig(item: unknown, path: string[], anyCaseNames = false): unknown {
  let value = item
  for (const name of path) {
    if (name === '$count') return Array.isArray(value) ? value.length : 0
    if (value === null || typeof value !== 'object') return undefined
    const members = value as Record<string, unknown>
    value = members[(anyCaseNames && similarTo(name, members)) || name]
  }
  return value
}

const similarTo = (name: string, members: Record<string, unknown>): string | undefined =>
  Object.keys(members).find((known) => known.toLowerCase() === name.toLowerCase())
