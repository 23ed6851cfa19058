import type { FastifyInstance } from 'fastify'
import { failureOf } from '../failures.ts'
import type { Context } from './context.ts'
import { ApiError } from './management/errors.ts'
import { addOperations } from './management/operation.ts'
import { operations } from './management/operations.ts'
import { authenticateManager, type Manager } from './manager.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on all requests of the management API before their route runs. */
    manager: Manager
  }
}

const codes = { 429: 'too_many_requests', 500: 'internal', 503: 'unavailable' }

/** /api: what an administrator, or the deployment, does to tenants and to the service. */
export async function managementRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded'])
  app.decorateRequest('manager')
  app.addHook('onRequest', async (request, reply) => {
    request.manager = await authenticateManager(request, reply, context)
  })
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiError) {
      const { code, message, details } = error
      return reply.code(error.status).send({ error: { code, message, ...details } })
    }
    const failure = failureOf(error)
    const given = (error as { statusCode?: number }).statusCode ?? 500
    if (failure.status === 500 && given < 500) {
      return reply.code(given).send({ error: { code: 'invalid_request', message: (error as Error).message } })
    }
    context.noteFailure(error, failure.status, request, reply)
    return reply.code(failure.status).send({ error: { code: codes[failure.status], message: failure.message } })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: { code: 'not_found', message: `There is nothing at ${request.method} ${request.url.split('?')[0]}` },
    }),
  )

  addOperations(app, context, operations)
}
