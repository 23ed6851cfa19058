import type { FastifyInstance } from 'fastify'
import { Refusal } from '../operations/refusal.ts'
import { isUnreachable } from '../storage/database.ts'
import { bearerOf, isAdminToken } from './admin-token.ts'
import type { Context } from './context.ts'
import { ApiError } from './management/errors.ts'
import { addOperations } from './management/operation.ts'
import { operations } from './management/operations.ts'

/** /api: what an administrator, or the deployment, does to tenants and to the service. */
export async function managementRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded'])
  app.addHook('onRequest', async (request, reply) => {
    context.signIns.check(request, reply, 'management API')
    if (isAdminToken(bearerOf(request), context.adminToken)) return
    context.signIns.failed(request, 'management API')
    void reply.header('www-authenticate', 'Bearer')
    throw new ApiError(
      401,
      'unauthorized',
      'The management credential is missing or wrong: send it as Authorization: Bearer',
    )
  })
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) {
      const { code, message, details } = error
      return reply.code(error.status).send({ error: { code, message, ...details } })
    }
    if (error instanceof Refusal) {
      const code = error.statusCode === 429 ? 'too_many_requests' : 'unavailable'
      return reply.code(error.statusCode).send({ error: { code, message: error.message } })
    }
    if (isUnreachable(error)) {
      const message = 'The database cannot be reached now; try again'
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ error: { code: 'unavailable', message } })
    }
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'request failed')
    const message = status < 500 ? (error as Error).message : 'The service failed to answer this request'
    return reply.code(status).send({ error: { code: status < 500 ? 'invalid_request' : 'internal', message } })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: { code: 'not_found', message: `There is nothing at ${request.method} ${request.url.split('?')[0]}` },
    }),
  )

  addOperations(app, context, operations)
}
