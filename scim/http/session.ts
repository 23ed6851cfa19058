import type { FastifyRequest } from 'fastify'
import type { Session } from '../protocol/session.ts'
import { type Context, tenantUrl } from './context.ts'

/** What an authenticated request has of its caller, for the protocol. */
export function sessionOf(request: FastifyRequest, context: Context): Session {
  const { tenant, configuration, name, access, defaultLicence } = request.caller
  return {
    database: context.database,
    tenant,
    actor: name,
    access,
    configuration,
    defaultLicence,
    tenantUrl: tenantUrl(context, tenant.name),
    cursorKey: context.cursorKey,
  }
}
