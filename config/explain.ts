import type { z } from 'zod'

/** Longer values are cut: an error is read on one screen. */
const LONGEST_VALUE = 120

export interface Telling {
  /** First keys whose values are not shown. */
  hidden?: readonly string[]
  /** Where the value stands, if that needs saying. */
  source?: (path: readonly PropertyKey[]) => string | undefined
  /** A path in people's notation; that of settings where absent. */
  name?: (path: readonly PropertyKey[]) => string
}

/**
 * One finding of the schema as sentences for a person: the key, its value, where it stands, what is allowed. Values of
 * unknown keys are not shown: one may be a secret under a misspelt name.
 */
export function explain(issue: z.core.$ZodIssue, telling: Telling = {}): string[] {
  const { hidden = [], source = () => undefined, name = settingName } = telling
  const where = (path: readonly PropertyKey[]) => {
    const found = source(path)
    return found ? ` (in ${found})` : ''
  }
  if (issue.code === 'unrecognized_keys') {
    const hints = issue.message.split('\n')
    return issue.keys.map((key, index) => {
      const path = [...issue.path, key]
      return `${name(path)} is not a setting${where(path)}: ${hints[index]}`
    })
  }
  const value = offendingValue(issue)
  if (value === undefined || value === '') return [`${name(issue.path)} is missing: ${issue.message}`]
  const secret = issue.path.at(-1) === 'clientSecret' || hidden.includes(String(issue.path[0]))
  return [`${name(issue.path)} is ${secret ? '[secret]' : show(value)}${where(issue.path)}: ${issue.message}`]
}

/** zod names the discriminator in the path but gives the object around it. */
function offendingValue(issue: z.core.$ZodIssue): unknown {
  if (issue.code === 'invalid_union' && issue.discriminator) {
    return (issue.input as Record<string, unknown>)[issue.discriminator]
  }
  return issue.input
}

/** `['assignments', 'groups', 0]` → `entrada:assignments.groups[0]` */
export function settingName(path: readonly PropertyKey[]): string {
  const steps = path.map((step, index) =>
    typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
  )
  return `entrada:${steps.join('')}`
}

/** Scalars only: what stands deeper may be a secret. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value !== null && typeof value === 'object') return 'an object'
  // `//user:password@host`: the credential must not reach a log.
  const shown = JSON.stringify(value).replace(/\/\/[^/@\s"]*@/g, '//[secret]@')
  return shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown
}
