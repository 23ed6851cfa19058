import { z } from 'zod'
import { type CheckFailure, type MaybeUnknown, UNKNOWN } from '../resource.ts'
import { nearest } from './near.ts'
import { propertyPath } from './paths.ts'

/** `schema` for a value that may also be unknown as yet; then it is taken as it is. Null counts as absent. */
export function known<T extends z.ZodType>(schema: T) {
  return z
    .any()
    .optional()
    .transform((value, context) => {
      if (value === UNKNOWN) return UNKNOWN
      const result = schema.safeParse(value ?? undefined)
      if (result.success) return result.data as unknown
      for (const issue of result.error.issues) context.issues.push({ ...issue, input: undefined } as never)
      return z.NEVER
    })
}

/** A text that is not blank. */
export const text = () => known(z.string().refine((value) => value.trim() !== '', 'must not be empty'))
export const optionalText = () => known(z.string().optional())
/** On or off, with a default. */
export const flag = (byDefault: boolean) => known(z.boolean().default(byDefault))

export const url = () =>
  known(
    z.string().refine((value) => {
      const parsed = URL.parse(value)
      return parsed !== null && ['https:', 'http:'].includes(parsed.protocol)
    }, 'must be a full address such as https://example.com/path'),
  )

/** All that is wrong, each with its place, its value and what is allowed; on failure the inputs come back as given. */
export function checkInputs<I>(
  schema: z.ZodObject,
  news: Record<string, unknown>,
): { inputs: MaybeUnknown<I>; failures: CheckFailure[] } {
  const result = schema.safeParse(news)
  if (result.success) return { inputs: result.data as MaybeUnknown<I>, failures: [] }
  const failures = result.error.issues.flatMap((issue) => explain(issue, news, schema))
  return { inputs: news as MaybeUnknown<I>, failures }
}

type Issue = z.core.$ZodIssue

function explain(issue: Issue, news: unknown, schema: z.ZodObject): CheckFailure[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = issue.path.length === 0 ? Object.keys(schema.shape) : []
    return issue.keys.map((key) => ({ property: propertyPath([...issue.path, key]), reason: unexpected(key, allowed) }))
  }
  const property = propertyPath(issue.path)
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    news,
  )
  if (value === undefined || value === null) return [{ property, reason: `${property} is required` }]
  const shown = /secret$/i.test(property) ? property : `${property} is ${show(value)}`
  return [{ property, reason: `${shown}: ${demand(issue)}` }]
}

function unexpected(key: string, allowed: string[]): string {
  const [near] = nearest(key, allowed, 1)
  const hint = near ? `did you mean '${near}'?` : ''
  return [`there is no property '${key}'`, hint, allowed.length > 0 ? `use ${allowed.join(', ')}` : '']
    .filter(Boolean)
    .join('; ')
}

function demand(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `use ${issue.values.map((value) => `'${String(value)}'`).join(' or ')}`
    case 'invalid_type':
      return `must be ${issue.expected === 'array' ? 'a list' : issue.expected === 'int' ? 'a whole number' : `a ${issue.expected}`}`
    case 'too_small':
      return `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    default:
      return issue.message
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? 'an object' : String(value)
}
