import { z } from 'zod'
import { object } from './object.ts'

/*
 * Leaf schemas. Each message completes the sentence "<key> is <value>: …" or "<key> is missing: …". Scalars may come as
 * strings: that is how Pulumi hands over every setting that is not an object.
 */

export const text = (what: string) =>
  z
    .string({
      // YAML reads 0123 as a number and no as a boolean.
      error: ({ input }) =>
        `it must be ${what}${typeof input === 'number' || typeof input === 'boolean' ? '; put it in quotes' : ''}`,
    })
    .trim()
    .min(1, { error: `it must be ${what}`, abort: true })

export const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `allowed are ${values.join(', ')}` })

export const flag = () =>
  z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean({ error: 'allowed are true, false' }),
  )

export const count = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => {
  const most = maximum === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${maximum}`
  const error = `it must be a whole number, ${minimum}${most}`
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int({ error }).min(minimum, error).max(maximum, error),
  )
}

export const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `it must be a list of ${what}` })

export const GUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/

/** An id as Entra and Azure have them. */
export const guid = (what: string) =>
  text(what).regex(GUID, `it must be ${what}, such as 6f1c9a52-8f0e-4a55-9b0c-2f7f0a3b9d11`)

/** An object or a list; Pulumi hands these over as JSON. */
export const structured = <T extends z.ZodType>(schema: T) => z.preprocess(fromJson, schema)

export function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const DOMAIN = /^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$/

/** An Entra tenant: not `common` or `organizations`, which mean whoever signs in. */
export const tenant = () =>
  text("the tenant's id or one of its verified domains, e.g. contoso.onmicrosoft.com").regex(
    new RegExp(`${GUID.source}|${DOMAIN.source}`),
    "it must be the tenant's id (a GUID) or one of its verified domains, e.g. contoso.onmicrosoft.com",
  )

/** An https URL; http is accepted towards this machine alone, where nothing crosses a network. */
export const secureUrl = (what: string) =>
  text(what)
    .superRefine((value, context) => {
      const complain = (message: string) => context.addIssue({ code: 'custom', message, input: value })
      if (!URL.canParse(value)) return complain(`it must be ${what}`)
      const url = new URL(value)
      if (url.username !== '' || url.password !== '') return complain('it must not carry a user name or password')
      if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
      complain('it must begin with https:// (http:// is for localhost, 127.0.0.1 and [::1] only)')
    })
    .meta({ format: 'uri', pattern: '^(https://|http://(localhost|127\\.|\\[::1\\]))' })

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** A day. The engine hands one that stands without quotes over as a moment, in the words of Go. */
export const day = (what: string) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.replace(/ 00:00:00 \+0000 UTC$/, '') : value),
    text(what).refine(isDay, { error: 'it must be a day as 2027-01-31' }).meta({ format: 'date' }),
  )

/** A day that there is: not the 30th of February. */
export function isDay(value: string): boolean {
  const time = Date.parse(value)
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

/** What a stack may say of its provisioning configuration at the bundled SCIM service, wherever that runs. */
export const configuration = {
  name: text('a name for the provisioning configuration').optional(),
  defaultLicence: choice('named', 'concurrent', 'readOnly').optional(),
  licences: object({ named: count(0), concurrent: count(0), readOnly: count(0) })
    .partial()
    .optional(),
}
