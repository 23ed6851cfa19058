import type { FastifyReply, FastifyRequest } from 'fastify'
import { ScimError } from '../errors.ts'
import type { Caller } from '../oauth/tokens.ts'
import { bearerOf } from './bearer.ts'
import type { Context } from './context.ts'

/**
 * Whose request it is, by its access token. Throws 401 with the challenge of RFC 6750 §3, 404 for another's tenant, and 429 for
 * one that sends too much.
 */
export async function authenticate(request: FastifyRequest, reply: FastifyReply, context: Context): Promise<Caller> {
  if (Object.hasOwn(request.query as object, 'access_token')) {
    void reply.header('www-authenticate', 'Bearer error="invalid_request"')
    throw new ScimError(401, 'An access token in the URL is not accepted; send it as Authorization: Bearer')
  }
  const token = bearerOf(request)
  const caller = token && (await context.tokens.verify(token))
  if (!caller) {
    void reply.header('www-authenticate', token ? 'Bearer error="invalid_token"' : 'Bearer')
    throw new ScimError(401, 'An access token from the token endpoint is needed; this one is missing, wrong or expired')
  }
  const { tenant } = request.params as { tenant: string }
  if (caller.tenant.name !== tenant) {
    throw new ScimError(404, `There is no tenant ${JSON.stringify(tenant)} for this client`)
  }
  context.tenantRate(caller.tenant, reply)
  return caller
}
