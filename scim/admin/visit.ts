import type { Context } from '../http/context.ts'
import type { Author } from '../storage/audit.ts'
import type { Tenant } from '../storage/tenants.ts'
import type { Html } from './html.ts'
import type { Session } from './session.ts'

/** A request of somebody who has signed in, for a page of a tenant that exists. */
export interface Visit {
  context: Context
  tenant: Tenant
  session: Session
  /** Ids in the path; each is a UUID. */
  ids: Record<string, string>
  /** The fields of the query (GET) or of the form (POST), without NUL characters, which PostgreSQL cannot store. */
  fields: Record<string, string>
  cookies: string | undefined
}

export interface Page {
  title: string
  body: Html
  status?: number
  /** A Set-Cookie header. */
  cookie?: string
  /** Where the browser goes on to by itself, as from a page of this site and not of the one that led here. */
  next?: string
}

/** Where the browser goes after a form. */
export interface Redirect {
  to: string
  cookie?: string
}

export interface Route {
  method: 'GET' | 'POST'
  /** Below /admin/{tenant}; its first part is the section that the navigation shows as the current one. */
  path: string
  /** Undefined where there is no such thing. A POST comes here only with the form token of the session. */
  handle(visit: Visit): Promise<Page | Redirect | undefined>
}

/** As the audit trail names who uses the pages. */
export const authorOf = ({ tenant, session }: Visit): Author => ({ tenant: tenant.id, actor: session.actor })

type Query = Record<string, string | number | undefined>

/** The address of a tenant's page; empty fields are left out of the query. */
export function address(tenant: Tenant, path: string, query: Query = {}): string {
  const fields = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return `/admin/${tenant.name}${path}${text && `?${text}`}`
}

/** The field, if it is one of the values allowed. */
export function choice<Value extends string>(values: readonly Value[], field: string | undefined): Value | undefined {
  return values.find((value) => value === field)
}
