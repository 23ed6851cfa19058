import type { FastifyInstance } from 'fastify'
import { badRequest, ScimError } from '../errors.ts'
import type { Caller } from '../oauth/tokens.ts'
import { isUnreachable } from '../storage/database.ts'
import { authenticate } from './authenticate.ts'
import type { Context } from './context.ts'
import { discoveryRoutes } from './discovery.ts'
import { groupRoutes } from './groups.ts'
import { listRoutes } from './lists.ts'
import { scimJson, sendScim } from './messages.ts'
import { userRoutes } from './users.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on all SCIM requests before their route runs. */
    caller: Caller
  }
}

/** Everything below /{tenant}/scim/v2. */
export async function scimRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined)
      else void parse(request, String(body), done)
    },
  )
  app.decorateRequest('caller')
  app.addHook('onRequest', async (request, reply) => {
    void reply.type(scimJson)
    request.caller = await authenticate(request, reply, context)
  })
  app.setErrorHandler((error, request, reply) => {
    const answer = asScimError(error)
    if (answer.status >= 500) request.log.error({ err: error }, 'request failed')
    if (answer.status === 503) void reply.header('retry-after', '5')
    return sendScim(reply.code(answer.status), answer.body())
  })
  app.setNotFoundHandler((request, reply) => {
    const error = new ScimError(404, `There is nothing at ${request.method} ${request.url.split('?')[0]}`)
    return sendScim(reply.code(404), error.body())
  })
  discoveryRoutes(app, context)
  listRoutes(app, context)
  userRoutes(app, context)
  groupRoutes(app, context)
}

const statusTexts: Record<number, string> = {
  413: 'The body is larger than allowed',
  415: 'The body must be application/scim+json or application/json',
}

function asScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error
  const { statusCode } = error as { statusCode?: number }
  if (statusCode && statusTexts[statusCode]) return new ScimError(statusCode, statusTexts[statusCode])
  if (statusCode && statusCode < 500) return badRequest('invalidSyntax', 'The request is not well-formed JSON')
  if (isUnreachable(error)) return new ScimError(503, 'The database cannot be reached now; try again')
  return new ScimError(500, 'The service failed to answer this request')
}
