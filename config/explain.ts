import type { z } from 'zod'

/** Longer values are cut: an error is read on one screen. */
const LONGEST_VALUE = 120

/**
 * One finding of the schema as sentences for a person: the key, its value, what is allowed. Values below a key in
 * `secretKeys` and values of unknown keys are not shown: the latter may be a secret under a misspelt name.
 */
export function explain(issue: z.core.$ZodIssue, secretKeys: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') {
    const hints = issue.message.split('\n')
    return issue.keys.map((key, index) => `${name([...issue.path, key])} is not a setting: ${hints[index]}`)
  }
  const value = offendingValue(issue)
  if (value === undefined || value === '') return [`${name(issue.path)} is missing: ${issue.message}`]
  const hidden = issue.path.at(-1) === 'clientSecret' || secretKeys.includes(String(issue.path[0]))
  return [`${name(issue.path)} is ${hidden ? '[secret]' : show(value)}: ${issue.message}`]
}

/** zod names the discriminator in the path but gives the object around it. */
function offendingValue(issue: z.core.$ZodIssue): unknown {
  if (issue.code === 'invalid_union' && issue.discriminator) {
    return (issue.input as Record<string, unknown>)[issue.discriminator]
  }
  return issue.input
}

/** `['assignments', 'groups', 0]` → `entrada:assignments.groups[0]` */
function name(path: readonly PropertyKey[]): string {
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
