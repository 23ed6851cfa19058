import formbody from '@fastify/formbody'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { adminRoutes } from './admin/routes.ts'
import type { Context } from './http/context.ts'
import { managementRoutes } from './http/management.ts'
import { oauthRoutes } from './http/oauth.ts'
import { scimRoutes } from './http/scim.ts'

/** Room for some thousand members in one request. */
const bodyLimit = 2 * 1024 * 1024

/** The HTTP side of the service. Requests are not logged: their URLs hold names of people. */
export async function buildApp(context: Context, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  })
  await app.register(formbody)
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await context.database.query('SELECT 1')
      return { status: 'ready' }
    } catch {
      return reply.code(503).send({ status: 'database unreachable' })
    }
  })
  await app.register((scope) => oauthRoutes(scope, context))
  await app.register((scope) => scimRoutes(scope, context), { prefix: '/:tenant/scim/v2' })
  await app.register((scope) => managementRoutes(scope, context), { prefix: '/api' })
  await app.register((scope) => adminRoutes(scope, context), { prefix: '/admin' })
  return app
}
