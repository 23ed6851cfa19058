import type { Database } from '../storage/database.ts'
import type { Tokens } from './tokens.ts'

/** What the routes work with. */
export interface Context {
  database: Database
  tokens: Tokens
  adminToken: string
  /** Where clients reach the service, without a slash at the end. Known once it listens. */
  baseUrl(): string
}

export const tenantUrl = (context: Context, tenant: string): string => `${context.baseUrl()}/${tenant}/scim/v2`
export const tokenEndpoint = (context: Context, tenant: string): string => `${context.baseUrl()}/${tenant}/oauth2/token`
