import { z } from 'zod'
import { containerApp } from './containerApp.ts'
import { choice, configuration, count, day, flag, list, secureUrl, structured, tenant, text } from './fields.ts'
import { managedGroups } from './managedGroups.ts'
import { object } from './object.ts'
import { rotation } from './rotation.ts'

const UNARY = ['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS FALSE'] as const
const BINARY = [
  'EQUALS',
  'NOT EQUALS',
  'REGEX MATCH',
  'NOT REGEX MATCH',
  'Greater_Than',
  'Greater_Than_OR_EQUALS',
  'Includes',
  'ENDS_WITH',
] as const

/** Of clauses in scoping filters. */
export const OPERATORS: ReadonlySet<string> = new Set([...UNARY, ...BINARY])

/** What a mail address of a stack may be. */
export const mailAddress = () => z.email({ error: 'it must be one mail address, e.g. identity-ops@contoso.com' })

const TARGET_KINDS =
  'allowed are external (a tenant of the application itself), containerApp (the bundled SCIM service in Azure), local (the bundled SCIM service on this machine)'

const external = object({
  kind: z.literal('external'),
  tenantUrl: secureUrl('the Tenant URL that the application shows for its provisioning configuration'),
  tokenEndpoint: secureUrl('the Token Endpoint that the application shows for its provisioning configuration'),
  clientId: text('the Client ID that the application shows for its provisioning configuration'),
  clientSecret: z.strictObject(
    { secure: z.string() },
    {
      error: (issue) =>
        issue.input === undefined || issue.input === ''
          ? 'set it by: pulumi config set --path --secret entrada:target.clientSecret'
          : 'it stands there in clear; set it anew by: pulumi config set --path --secret entrada:target.clientSecret',
    },
  ),
  clientSecretExpires: day('the day on which the Client Secret ends, e.g. 2027-01-31').optional(),
  environment: choice('production', 'test').optional(),
  // A secret has no place among settings that are passed around and compared; the environment is for the policies.
}).transform(({ clientSecret: _, environment: __, ...target }) => target)

const local = object({
  kind: z.literal('local'),
  ...configuration,
  apiUrl: secureUrl(
    "the SCIM service's management address, e.g. http://127.0.0.1:8080/api/tenants/default; npm start gives it in ENTRADA_SCIM_API_URL",
  ).optional(),
})

const target = z.discriminatedUnion('kind', [external, containerApp, local], {
  error: ({ input }) => {
    return input !== null && typeof input === 'object'
      ? TARGET_KINDS
      : 'it must say where people are provisioned to, e.g. { kind: local }'
  },
})

const clause = object({
  attribute: text('the name of a source attribute, e.g. department'),
  operator: choice(...BINARY, ...UNARY),
  value: z.union([z.string(), z.int().transform(String)], { error: 'it must be text or a whole number' }).optional(),
}).superRefine(({ operator, value }, context) => {
  const unary = (UNARY as readonly string[]).includes(operator)
  if (unary && value !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['value'],
      message: `${operator} takes no value; leave it out`,
      input: value,
    })
  if (!unary && value === undefined)
    context.addIssue({ code: 'custom', path: ['value'], message: `${operator} compares with a value`, input: value })
})

const filter = list(
  list(clause, 'clauses, all of which must hold').min(1, 'it must hold at least one clause'),
  'filters, one of which must hold, each a list of clauses',
).optional()

const mapping = object({
  object: choice('user', 'group'),
  source: text('an attribute in brackets, e.g. [department], or an expression').regex(
    /^(\[[^\]]+\]|".*"|[A-Za-z]+\(.*\))$/s,
    'it must be an attribute in brackets, e.g. [department], a constant in double quotes, or an expression, e.g. ToUpper([city],)',
  ),
  target: text("one of the target's attributes, e.g. urn:ietf:params:scim:schemas:extension:info:2.0:User:info1"),
})

/** Usable as an option of a command, and in a list with commas. */
const LABEL = /^[\w.-]+$/

/** Everything a stack's file may say under `entrada:`, without the namespace. */
export const schema = object({
  application: text("the application's name in the Entra gallery, e.g. M-Files"),
  displayName: text('the name the application gets in the tenant').optional(),
  adoptExisting: flag().default(false),
  tenantId: tenant().optional(),
  target: structured(target),
  rotation: rotation.optional(),
  assignments: structured(
    object({
      groups: list(text('the name or object id of a group'), 'names or object ids of groups').default([]),
      users: list(text('the user principal name or object id of a user'), 'user principal names or object ids').default(
        [],
      ),
      role: text('the name of an app role, e.g. User').optional(),
      exclusive: flag().default(false),
    }),
  ).optional(),
  managedGroups: structured(managedGroups).default([]),
  scope: choice('assigned', 'all').default('assigned'),
  scopeReason: text('why everybody is in scope, for those who review it').optional(),
  notificationEmail: mailAddress().optional(),
  accidentalDeletions: structured(object({ enabled: flag().default(true), threshold: count(1).optional() })).optional(),
  additionalMappings: structured(list(mapping, 'mappings, each with object, source, target')).default([]),
  scopingFilters: structured(object({ user: filter, group: filter })).optional(),
  status: z
    .preprocess((value) => (value === true ? 'on' : value === false ? 'off' : value), choice('on', 'off'))
    .default('on'),
  waitForFirstCycle: flag().default(false),
  labels: structured(
    list(text('a word such as eu').regex(LABEL, 'it must be made of letters, digits and . _ -'), 'words'),
  ).default([]),
}).superRefine(({ target, rotation }, context) => {
  if (target.kind !== 'external' || rotation === undefined) return
  const message = 'it is for the bundled SCIM service; set a new client secret by: npx entrada rotate <stack>'
  context.addIssue({ code: 'custom', path: ['rotation'], message, input: rotation })
})

/** One stack's settings, validated, with defaults; it never holds a secret. */
export type StackConfig = z.output<typeof schema>
