import { z } from 'zod'
import { fromJson, text } from './fields.ts'
import { object } from './object.ts'

const PERIOD = /^([1-9]\d?|[1-6]\d\d|7[0-2]\d|730)d$/
const DAYS = 'whole days, from 1d to 730d'
const ALLOWED = `any text, or { every: 90d }: ${DAYS}`

/** Pulumi hands an object over as JSON, while `1` is a text that somebody chose. */
const objectFromJson = (value: unknown): unknown => {
  const parsed = fromJson(value)
  return parsed !== null && typeof parsed === 'object' ? parsed : value
}

/** When the bundled SCIM service is asked for a new client secret: at any change of a text, or after a period. */
export const rotation = z.preprocess(
  objectFromJson,
  z.union([text(ALLOWED), object({ every: text(DAYS).regex(PERIOD, `it must be ${DAYS}`) })], {
    error: ({ input }) => `it must be ${ALLOWED}${typeof input === 'number' ? '; put it in quotes' : ''}`,
  }),
)
