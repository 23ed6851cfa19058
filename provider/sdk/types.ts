import type { Input } from '@pulumi/pulumi'

/** A role that the application offers. */
export interface AppRole {
  id: string
  displayName: string
  /** Value of the role in tokens, if it has one. */
  value?: string
  isEnabled: boolean
}

/** OAuth 2.0 client credentials for the application's SCIM service, as the application shows them. */
export interface Credentials {
  /** Tenant URL: address of the SCIM service. */
  tenantUrl: string
  tokenEndpoint: string
  clientId: string
  /** Cannot be read back from Entra. */
  clientSecret: string
}

export type CredentialsArgs = { [K in keyof Credentials]: Input<Credentials[K]> }

export interface AccidentalDeletions {
  /** On by default. */
  enabled?: boolean
  /** Most deletions of one cycle; 500 by default. */
  threshold?: number
}

/** An attribute mapping beside the template's own. */
export interface AdditionalMapping {
  object: 'user' | 'group'
  /** `[attribute]`, a constant in double quotes, or an expression. */
  source: string
  /** Attribute of the application. */
  target: string
}

export interface ScopingClause {
  attribute: string
  operator:
    | 'EQUALS'
    | 'NOT EQUALS'
    | 'IS TRUE'
    | 'IS FALSE'
    | 'IS NULL'
    | 'IS NOT NULL'
    | 'REGEX MATCH'
    | 'NOT REGEX MATCH'
    | 'Greater_Than'
    | 'Greater_Than_OR_EQUALS'
    | 'Includes'
    | 'ENDS_WITH'
  /** Where the operator compares. */
  value?: string
}

/** The clauses of one filter must all hold; one filter that holds is enough. */
export interface ScopingFilters {
  user?: ScopingClause[][]
  group?: ScopingClause[][]
}

/** Why a job is in quarantine. */
export interface Quarantine {
  reason: string
  code: string
  message: string
  began: string
  nextAttempt: string
}

/** The cycle that ended last. */
export interface LastExecution {
  state: string
  began: string
  ended: string
  code: string
  message: string
}

/** A user or group that is assigned. */
export interface AssignedPrincipal {
  /** As the program names it. */
  name: string
  id: string
  displayName: string
  type: 'User' | 'Group'
  assignmentId: string
}

/** Seats of a licence pool. */
export interface Licences {
  named?: number
  concurrent?: number
  readOnly?: number
}

/** A text any change of which asks for a new secret, or the age in whole days, from `1d` to `730d`, at which it is replaced. */
export type Rotation = string | { every: string }

export type Licence = 'named' | 'concurrent' | 'readOnly'
