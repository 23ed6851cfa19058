import type { Entra } from '../entra/entra.ts'
import type { Issuers } from '../oauth/issuers.ts'
import type { SigningKeys } from '../oauth/signing-keys.ts'
import type { Tokens } from '../oauth/tokens.ts'
import type { NoteFailure } from '../operations/failure-log.ts'
import type { Metrics } from '../operations/metrics.ts'
import type { SignIns } from '../operations/sign-ins.ts'
import type { TenantRate } from '../operations/tenant-rate.ts'
import type { Database } from '../storage/database.ts'

/** What the routes work with. */
export interface Context {
  database: Database
  tokens: Tokens
  signingKeys: SigningKeys
  issuers: Issuers
  /** Undefined where people and programs sign in at Entra ID alone. */
  adminToken: string | undefined
  /** The service's application in Entra ID, where one is configured. */
  entra: Entra | undefined
  /** 32 bytes for one purpose, the same in all replicas of the service. */
  deriveKey(purpose: string): Buffer
  /** What page cursors are signed with. */
  cursorKey: Buffer
  signIns: SignIns
  tenantRate: TenantRate
  metrics: Metrics
  noteFailure: NoteFailure
  /** Where clients reach the service, without a slash at the end. Known once it listens. */
  baseUrl(): string
}

export const tenantUrl = (context: Context, tenant: string): string => `${context.baseUrl()}/${tenant}/scim/v2`
export const issuerUrl = (context: Context, tenant: string): string => `${context.baseUrl()}/${tenant}/oauth2`
export const tokenEndpoint = (context: Context, tenant: string): string => `${issuerUrl(context, tenant)}/token`
