import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Fault } from '../http/faults.ts'
import { isWithin, MANY, type Range } from '../range.ts'
import { BadControl } from './bad.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

interface Rule {
  allowed: string
  holds(value: unknown): boolean
}

const oneOf = (...choices: unknown[]): Rule => ({
  allowed: choices.join(', '),
  holds: (value) => choices.includes(value),
})

const whole = (...range: Range): Rule => ({
  allowed: `a whole number from ${range[0]} to ${range[1]}`,
  holds: (value) => isWithin(range, value),
})

const RULES: Record<keyof Fault, Rule> = {
  path: { allowed: 'a regular expression over the path with its query', holds: isPattern },
  side: oneOf('tenant', 'target'),
  method: {
    allowed: METHODS.join(', '),
    holds: (value) => typeof value === 'string' && METHODS.includes(value.toUpperCase()),
  },
  nth: whole(1, Number.MAX_SAFE_INTEGER),
  times: whole(1, Number.MAX_SAFE_INTEGER),
  status: whole(200, 599),
  body: { allowed: 'anything', holds: () => true },
  headers: { allowed: 'an object of header names and their texts', holds: isHeaders },
  delayMs: whole(0, MANY),
  when: oneOf('before', 'after'),
  lagMs: whole(0, MANY),
  drop: oneOf('before', 'after', true, false),
}
const KNOWN = Object.keys(RULES)

/** What a property means nothing without. */
const NEEDED: [keyof Fault, keyof Fault][] = [
  ['body', 'status'],
  ['headers', 'status'],
  ['when', 'delayMs'],
]

/** @throws BadControl naming the first property that is unknown, has a value it cannot have, or would do nothing */
export function readFault(sent: Record<string, unknown>): Fault {
  for (const [name, value] of Object.entries(sent)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new BadControl(`A fault has no property "${name}". Known are: ${KNOWN.join(', ')}.`)
    }
    const { allowed, holds } = RULES[name as keyof Fault]
    if (!holds(value)) {
      throw new BadControl(`"${name}" of a fault cannot be ${JSON.stringify(value)}. Allowed: ${allowed}.`)
    }
  }
  if (sent.path === undefined) throw new BadControl(`A fault needs a path: ${RULES.path.allowed}.`)
  if (sent.status === undefined && sent.delayMs === undefined && sent.lagMs === undefined && !sent.drop) {
    throw new BadControl('A fault needs a status to answer with, a delayMs, a lagMs or a drop.')
  }
  if (sent.lagMs !== undefined && (sent.side === 'target' || sent.status !== undefined)) {
    throw new BadControl('"lagMs" of a fault is of writes to the tenant: not with "side" target, nor with a "status".')
  }
  for (const [name, needed] of NEEDED) {
    if (sent[name] !== undefined && sent[needed] === undefined) {
      throw new BadControl(`"${name}" of a fault does nothing without "${needed}".`)
    }
  }
  return sent as unknown as Fault
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) !== undefined
  } catch {
    return false
  }
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  try {
    for (const [name, text] of Object.entries(value)) {
      if (typeof text !== 'string') return false
      validateHeaderName(name)
      validateHeaderValue(name, text)
    }
    return true
  } catch {
    return false
  }
}
