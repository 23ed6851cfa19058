import { z } from 'zod'
import { problemsOf } from './custom-checks.ts'
import { type Attribute, attribute, type Schema } from './model.ts'

/** A schema that an administrator adds to one of the resource types. */
export interface CustomExtension {
  resourceType: 'User' | 'Group'
  schema: Schema
}

const name = z.string().regex(/^[A-Za-z$][A-Za-z0-9_-]{0,62}$/, 'must be a letter followed by letters, digits, - or _')
const common = {
  name,
  description: z.string().max(400).default(''),
  multiValued: z.boolean().optional(),
  required: z.boolean().optional(),
  caseExact: z.boolean().optional(),
  mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']).optional(),
  returned: z.enum(['always', 'default', 'request', 'never']).optional(),
  canonicalValues: z.array(z.string().max(200)).max(100).optional(),
  referenceTypes: z.array(z.string().max(200)).max(20).optional(),
}
const simpleTypes = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'] as const
const subAttribute = z.strictObject({ ...common, type: z.enum(simpleTypes) })
const wholeAttribute = z.strictObject({
  ...common,
  type: z.enum([...simpleTypes, 'complex']),
  uniqueness: z.enum(['none', 'server']).optional(),
  subAttributes: z.array(subAttribute).min(1).max(50).optional(),
})

/** Without what separates names in filters and lists of attributes. */
const urn = /^urn:[a-z0-9][a-z0-9-]{1,31}:[\w:.+=@;$!*'-]{1,200}$/i

const extension = z.strictObject({
  resourceType: z.enum(['User', 'Group']),
  schema: z.strictObject({
    id: z.string().regex(urn, 'must be a URN, without parentheses and commas'),
    name: z.string().min(1).max(100),
    description: z.string().max(400).default(''),
    attributes: z.array(wholeAttribute).min(1).max(100),
  }),
})

/** Schemas as RFC 7643 §7 writes them, without the characteristics that have their default. */
export const customExtensions = z
  .array(extension)
  .max(10)
  .check(consistent)
  .transform((given) =>
    given.map(
      ({ resourceType, schema }): CustomExtension => ({
        resourceType,
        schema: { ...schema, attributes: schema.attributes.map(complete) },
      }),
    ),
  )

/** What the service cannot hold to may not be declared. */
function consistent({ value, issues }: z.core.ParsePayload<z.infer<typeof extension>[]>): void {
  for (const problem of problemsOf(value)) issues.push({ code: 'custom', input: value, ...problem })
}

type Given = z.infer<typeof wholeAttribute> | z.infer<typeof subAttribute>

function complete({ name: itsName, type, description, ...more }: Given): Attribute {
  const subAttributes = 'subAttributes' in more ? more.subAttributes?.map(complete) : undefined
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined))
  return attribute(itsName, type, description, {
    ...given,
    ...(subAttributes && { subAttributes }),
    ...(more.mutability === 'writeOnly' && { returned: 'never' }),
  })
}
