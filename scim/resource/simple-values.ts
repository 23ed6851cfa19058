import type { ScimError } from '../errors.ts'
import type { Attribute } from '../schema/model.ts'
import type { Leniences } from '../tenant/profile.ts'

/** What an index entry of PostgreSQL holds with room to spare; values that are looked up must fit. */
const maximumBytes = 2_000

type Wrong = (what: string) => ScimError

/** A value of a type that is not complex, as it is stored: RFC 7643 §2.3. Text is kept as it was given. */
export function readSimple(attribute: Attribute, value: unknown, lenient: Leniences, wrong: Wrong): unknown {
  switch (attribute.type) {
    case 'boolean':
      return readBoolean(value, lenient, wrong)
    case 'integer':
      if (!Number.isSafeInteger(value)) throw wrong('must be a whole number')
      return value
    case 'decimal':
      if (!Number.isFinite(value)) throw wrong('must be a number')
      return value
    default:
      return readText(attribute, value, wrong)
  }
}

function readBoolean(value: unknown, lenient: Leniences, wrong: Wrong): boolean {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' && lenient.booleansAsText ? value.toLowerCase() : ''
  if (text !== 'true' && text !== 'false') throw wrong('must be true or false')
  return text === 'true'
}

function readText(attribute: Attribute, value: unknown, wrong: Wrong): string {
  if (typeof value !== 'string') throw wrong('must be a string')
  if (value.includes('\0') || !value.isWellFormed()) throw wrong('holds characters that are not Unicode text')
  if (attribute.type !== 'binary' && Buffer.byteLength(value) > maximumBytes) {
    throw wrong(`is longer than ${maximumBytes} bytes`)
  }
  const form = forms[attribute.type]
  if (form && !form.matches(value)) throw wrong(`must be ${form.is}`)
  return value
}

const dateTime = /^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a URI may not hold.
const noUri = /[\u0000-\u0020\u007f"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/

const forms: Partial<Record<Attribute['type'], { matches(value: string): boolean; is: string }>> = {
  dateTime: {
    matches: (value) => dateTime.test(value) && !Number.isNaN(Date.parse(value)),
    is: 'a date and time with a time zone, such as 2026-01-31T08:00:00Z',
  },
  binary: { matches: (value) => base64.test(value), is: 'base64' },
  reference: { matches: (value) => !noUri.test(value), is: 'a URI' },
}
