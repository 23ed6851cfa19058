import type { User } from '../tenant/model.ts'
import { compare, isOperator, type Operand } from './comparison.ts'
import { type Property, propertyOfItem, propertyOfUser } from './properties.ts'
import { RuleError, type Token, tokenize } from './tokens.ts'

export interface MembershipRule {
  matches(user: User): boolean
  /** Whether who matches may change though no user does. */
  readsClock: boolean
}

type Predicate = (subject: unknown) => boolean
/** What a name in a condition means. */
type Resolve = (name: string) => Property

/** Graph takes no longer one, in characters. */
const LONGEST = 3072
const DAY = 86_400_000
const CONSTANTS = new Map<string, Operand>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/**
 * Reads a rule for dynamic membership, e.g. `user.department -eq "Sales" -and user.accountEnabled -eq true`. The strongest bind
 * comparisons, then `-not`, `-and`, `-or`; over collections there are `-any (…)` and `-all (…)`, and a rule of its own is
 * `Direct Reports for "id"`. Hyphens may be left out. `memberOf`, which Microsoft has retired, is no property.
 * Source: Microsoft Learn, "Manage rules for dynamic membership groups in Microsoft Entra ID".
 * @param now milliseconds, for `system.now`
 * @throws RuleError
 */
export function readMembershipRule(rule: string, now: () => number): MembershipRule {
  if (rule.length > LONGEST) throw new RuleError(`A rule has at most ${LONGEST} characters.`)
  const tokens = tokenize(rule)
  let next = 0
  let readsClock = false
  const subjects = new Set<string>()

  const matches = name() === 'direct' ? directReports() : anyOf(ofRule)
  if (tokens[next]!.kind !== 'end') throw unexpected()
  if (subjects.size > 1) throw new RuleError('A rule reads either users or devices.')
  return { matches: subjects.has('device') ? () => false : matches, readsClock }

  /** The next word, in lower case and without its hyphen; empty where there is none. */
  function name(): string {
    const token = tokens[next]!
    return token.kind === 'word' ? token.text.toLowerCase().replace(/^-/, '') : ''
  }

  function take(expected: string): boolean {
    const found = name() === expected || tokens[next]!.kind === expected
    if (found) next += 1
    return found
  }

  function need(expected: string): void {
    if (!take(expected)) throw unexpected()
  }

  function unexpected(): RuleError {
    const token = tokens[next]!
    return new RuleError(token.kind === 'end' ? 'The rule is not complete.' : `Invalid syntax at '${shown(token)}'.`)
  }

  function directReports(): Predicate {
    for (const word of ['direct', 'reports', 'for']) need(word)
    const id = operand()
    return (user) => (user as User).managerId === id
  }

  function anyOf(resolve: Resolve): Predicate {
    const parts = [allOf(resolve)]
    while (take('or')) parts.push(allOf(resolve))
    return (subject) => parts.some((part) => part(subject))
  }

  function allOf(resolve: Resolve): Predicate {
    const parts = [condition(resolve)]
    while (take('and')) parts.push(condition(resolve))
    return (subject) => parts.every((part) => part(subject))
  }

  function condition(resolve: Resolve): Predicate {
    if (take('not')) {
      const inner = condition(resolve)
      return (subject) => !inner(subject)
    }
    return take('(') ? closed(resolve) : comparison(resolve)
  }

  function closed(resolve: Resolve): Predicate {
    const inner = anyOf(resolve)
    need(')')
    return inner
  }

  function comparison(resolve: Resolve): Predicate {
    const token = tokens[next]!
    if (token.kind !== 'word') throw unexpected()
    const { type, read } = resolve(token.text)
    next += 1
    const operator = name()
    if (operator === 'any' || operator === 'all') {
      next += 1
      if (type !== 'texts' && type !== 'plans') throw new RuleError(`Invalid operands found for operator -${operator}.`)
      need('(')
      const inner = closed((item) => known(propertyOfItem(type, item)))
      const items = (subject: unknown): unknown[] => (read(subject) as unknown[] | null | undefined) ?? []
      return operator === 'any' ? (subject) => items(subject).some(inner) : (subject) => items(subject).every(inner)
    }
    if (!isOperator(operator)) throw unexpected()
    next += 1
    const test = compare(type, operator, operands())
    return (subject) => test(read(subject))
  }

  function ofRule(path: string): Property {
    const [, subject, property] = /^(user|device)\.(.+)$/i.exec(path) ?? []
    if (subject === undefined) throw new RuleError('Invalid object type.')
    subjects.add(subject.toLowerCase())
    return subject.toLowerCase() === 'device' ? { type: 'device', read: () => null } : known(propertyOfUser(property!))
  }

  function operands(): Operand[] {
    if (!take('[')) return [operand()]
    const list = [operand()]
    while (take(',')) list.push(operand())
    need(']')
    return list
  }

  function operand(): Operand {
    const token = tokens[next]!
    const constant = CONSTANTS.get(name())
    if (token.kind !== 'text' && constant === undefined && name() !== 'system.now') throw unexpected()
    next += 1
    if (token.kind === 'text') return token.text
    return constant === undefined ? clock() : constant
  }

  /** `system.now`, also with `-plus p3d` or `-minus p3d`. */
  function clock(): Operand {
    readsClock = true
    const sign = take('plus') ? 1 : take('minus') ? -1 : 0
    if (sign === 0) return now
    const days = /^p(\d+)d$/.exec(name())?.[1]
    if (days === undefined) throw unexpected()
    next += 1
    return () => now() + sign * Number(days) * DAY
  }
}

function known(property: Property | undefined): Property {
  if (!property) throw new RuleError('Wrong property applied.')
  return property
}

const shown = (token: Token): string => ('text' in token ? token.text : token.kind)
