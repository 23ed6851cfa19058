import { z } from 'zod'
import { flag, known, optionalText, text, url } from '../common/check.ts'

export interface Credentials {
  tenantUrl: string
  tokenEndpoint: string
  clientId: string
  clientSecret: string
}

/** Object kinds that a default rule maps. */
export type ObjectKind = 'user' | 'group'

export interface AdditionalMapping {
  object: ObjectKind
  /** `[attribute]`, a constant in double quotes, or an expression. */
  source: string
  target: string
}

export interface Clause {
  attribute: string
  operator: string
  value?: string
}

/** Clauses of one filter hold together; one filter that holds is enough. */
export type ScopingFilter = Clause[][]

export interface ProvisioningJobInputs {
  servicePrincipalId: string
  templateId?: string
  credentials: Credentials
  scope: 'assigned' | 'all'
  /** For those who review the state; Entra is not told. */
  scopeReason?: string
  notificationEmail?: string
  accidentalDeletions: { enabled: boolean; threshold: number }
  additionalMappings: AdditionalMapping[]
  scopingFilters: { user?: ScopingFilter; group?: ScopingFilter }
  groupMapping?: boolean
  skipOutOfScopeDeletions: boolean
  status: 'on' | 'off'
  waitForFirstCycle: boolean
}

export interface Quarantine {
  reason: string
  code: string
  message: string
  began: string
  nextAttempt: string
}

export interface LastExecution {
  state: string
  began: string
  ended: string
  code: string
  message: string
}

export interface ProvisioningJobOutputs {
  jobId: string
  resolvedTemplateId: string
  scheduleState: string
  statusCode: string
  quarantine: Quarantine | null
  lastExecution: LastExecution | null
  /** What differs from the template's own mappings and was not asked for, one line each. */
  mappingDrift: string[]
  /** False for a job that was there before. */
  created: boolean
  secretKeys: string[]
  /** The saved credentials passed the test. */
  connectionTested: boolean
}

/** Source: Microsoft Entra, "Scoping users or groups to be provisioned with scoping filters". */
const UNARY = ['IS TRUE', 'IS FALSE', 'IS NULL', 'IS NOT NULL'] as const
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

const clause = z
  .strictObject({
    attribute: text(),
    operator: known(z.enum([...BINARY, ...UNARY])),
    value: optionalText(),
  })
  .check((context) => {
    const { operator, value } = context.value as { operator?: unknown; value?: unknown }
    const wrong = (message: string) => context.issues.push({ code: 'custom', message, input: context.value })
    if (BINARY.includes(operator as never) && value === undefined) wrong(`operator ${operator} needs a value`)
    if (UNARY.includes(operator as never) && value !== undefined) wrong(`operator ${operator} takes no value`)
  })

const scopingFilter = known(z.array(known(z.array(known(clause)).min(1, 'must hold at least one clause'))).optional())

const mapping = z.strictObject({
  object: known(z.enum(['user', 'group'])),
  source: text(),
  target: text(),
})

export const provisioningJobSchema = z.strictObject({
  servicePrincipalId: text(),
  templateId: optionalText(),
  credentials: known(
    z.strictObject({ tenantUrl: url(), tokenEndpoint: url(), clientId: text(), clientSecret: known(z.string()) }),
  ),
  scope: known(z.enum(['assigned', 'all']).default('assigned')),
  scopeReason: optionalText(),
  notificationEmail: known(z.email('must be a mail address').optional()),
  accidentalDeletions: known(
    z.strictObject({ enabled: flag(true), threshold: known(z.int().min(1).max(100_000).default(500)) }).prefault({}),
  ),
  additionalMappings: known(z.array(known(mapping)).default([])),
  scopingFilters: known(z.strictObject({ user: scopingFilter, group: scopingFilter }).prefault({})),
  groupMapping: known(z.boolean().optional()),
  skipOutOfScopeDeletions: flag(false),
  status: known(z.enum(['on', 'off']).default('on')),
  waitForFirstCycle: flag(false),
})
