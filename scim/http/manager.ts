import type { FastifyReply, FastifyRequest } from 'fastify'
import { TokenRefused, wanted } from '../entra/access-tokens.ts'
import { audited, mayChange, roles } from '../entra/principal.ts'
import { IssuerUnreachable } from '../oauth/issuers.ts'
import { refuse as refuseForNow } from '../operations/refusal.ts'
import { bearerOf, isAdminToken } from './bearer.ts'
import type { Context } from './context.ts'
import { ApiError } from './management/errors.ts'

/** Who manages the service. */
export interface Manager {
  /** As the audit trail names it. */
  actor: string
}

const author = 'management API'
/** Seconds. */
const retryAfter = 5

/**
 * Who sends a request, by the admin token or an access token of Entra ID whose app role allows the method. Throws `ApiError` 401 or
 * 403, which say what is missing, with the challenge of RFC 6750 §3; 503 while the keys of Entra ID cannot be read.
 */
export async function authenticateManager(
  request: FastifyRequest,
  reply: FastifyReply,
  { adminToken, entra, signIns }: Context,
): Promise<Manager> {
  signIns.check(request, reply, author)
  const given = bearerOf(request)
  if (adminToken && isAdminToken(given, adminToken)) return { actor: author }
  const refuse = (message: string): never => {
    signIns.failed(request, author)
    void reply.header('www-authenticate', given && entra ? 'Bearer error="invalid_token"' : 'Bearer')
    throw new ApiError(401, 'unauthorized', message)
  }
  if (!entra) return refuse('The management credential is missing or wrong: send it as Authorization: Bearer')
  if (!given) return refuse(`No token was sent as Authorization: Bearer; ${wanted(entra)}`)
  const principal = await entra.accept(given).catch((error) => {
    if (error instanceof TokenRefused) return refuse(`The token is not accepted. ${error.message}`)
    if (error instanceof IssuerUnreachable) refuseForNow(reply, 503, `${error.message}; try again`, retryAfter)
    throw error
  })
  const enough = ['GET', 'HEAD'].includes(request.method) ? principal.roles.length > 0 : mayChange(principal)
  if (enough) return { actor: `${author}: ${audited(principal)}` }
  void reply.header('www-authenticate', 'Bearer error="insufficient_scope"')
  const held = principal.roles.length > 0 ? `has only the app role ${principal.roles.join(', ')}` : 'has no app role'
  const needed = principal.roles.length > 0 ? roles[0] : roles.join(' or ')
  throw new ApiError(
    403,
    'role_missing',
    `The token of ${audited(principal)} ${held} of application ${entra.clientId}, and ${request.method} needs ${needed}. Assign it under Enterprise applications › Users and groups; it counts in tokens that are issued from then on`,
  )
}
