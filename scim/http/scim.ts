import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest, ScimError } from '../errors.ts'
import { asScimError } from '../failures.ts'
import type { Caller } from '../oauth/tokens.ts'
import { CompressedBody } from '../operations/admission.ts'
import { ReadOnlyToken } from '../protocol/perform.ts'
import { leniencesOf } from '../tenant/profile.ts'
import { answerOtherAddresses } from './addresses.ts'
import { authenticate } from './authenticate.ts'
import { readJsonBodies } from './bodies.ts'
import { bulkRoutes } from './bulk.ts'
import type { Context } from './context.ts'
import { discoveryRoutes } from './discovery.ts'
import { listRoutes } from './lists.ts'
import { scimJson, sendScim } from './messages.ts'
import { resourceRoutes } from './resources.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on all SCIM requests before their route runs. */
    caller: Caller
  }
}

/** Everything below /{tenant}/scim/v2. */
export async function scimRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request, reply) => {
    void reply.type(scimJson)
    request.caller = await authenticate(request, reply, context)
    requireAccepted(request.headers.accept, request.caller)
  })
  app.setErrorHandler((error, request, reply) => {
    const answer = answerTo(error, request)
    context.noteFailure(error, answer.status, request, reply)
    if (error instanceof ReadOnlyToken) {
      void reply.header('www-authenticate', 'Bearer error="insufficient_scope", scope="scim"')
    }
    return sendScim(reply.code(answer.status), answer.body())
  })
  readJsonBodies(app)
  answerOtherAddresses(app)
  discoveryRoutes(app, context)
  resourceRoutes(app, context)
  listRoutes(app, context)
  bulkRoutes(app, context)
}

/** RFC 7644 §3.8: SCIM's own type, or plain JSON. */
function requireAccepted(accept: string | undefined, { tenant }: Caller): void {
  if (!accept || leniencesOf[tenant.settings.profile].anyAcceptServed) return
  const isJson = /(?:^|[,\s])(?:\*\/\*|application\/(?:\*|json|scim\+json))\s*(?:$|[,;])/i.test(accept)
  if (!isJson) throw new ScimError(406, 'Only application/scim+json is served; Accept names neither it nor JSON')
}

function answerTo(error: unknown, request: FastifyRequest): ScimError {
  const { statusCode } = error as { statusCode?: number }
  if (statusCode === 413) {
    return new ScimError(
      413,
      `The body is larger than the ${request.routeOptions.bodyLimit} bytes that are allowed here`,
    )
  }
  if (error instanceof CompressedBody) return new ScimError(415, error.message)
  if (statusCode === 415) return new ScimError(415, 'The body must be application/scim+json or application/json')
  const failure = asScimError(error)
  if (failure.status !== 500 || !statusCode || statusCode >= 500) return failure
  return badRequest('invalidSyntax', 'The request is not well-formed HTTP')
}
