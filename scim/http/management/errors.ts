import { z } from 'zod'
import { clip } from '../../errors.ts'

/** An error of the management API; `details` are further members of the error object. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: object

  constructor(status: number, code: string, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

export const errorAnswer = z.object({
  error: z.object({
    code: z.string().describe('For programs; does not change'),
    message: z.string().describe('For people'),
    configurationId: z.uuid().optional().describe('With code name_taken: the configuration that has the name'),
  }),
})

/** As it may stand in a message. */
export const clipped = (text: string): string => JSON.stringify(clip(text))

/** Throws 400 with the path of each wrong value and what is allowed there. */
export function parse<Output>(schema: z.ZodType<Output>, value: unknown, what: 'body' | 'query'): Output {
  requireText(value, what)
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`)
  throw new ApiError(400, 'invalid_request', problems.join('; '))
}

/** Deeper than anything that the management API takes. */
const deepest = 20

/** Throws 400 for text that PostgreSQL cannot store, wherever it is: with the character NUL, or with half a surrogate pair. */
export function requireText(value: unknown, path: string, depth = 0): void {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return
    throw new ApiError(400, 'invalid_request', `${path}: must not have the character NUL or half a surrogate pair`)
  }
  if (typeof value !== 'object' || value === null) return
  if (depth === deepest) throw new ApiError(400, 'invalid_request', `${path}: is nested too deeply`)
  for (const [name, each] of Object.entries(value)) {
    requireText(name, path)
    requireText(each, `${path}.${name}`, depth + 1)
  }
}
