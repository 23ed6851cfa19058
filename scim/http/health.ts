import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../operations/metrics.ts'
import { bearerOf, isAdminToken } from './bearer.ts'
import type { Context } from './context.ts'

export interface HealthOptions {
  metrics: Metrics
  metricsToken: string | undefined
  isStopping(): boolean
}

/** In seconds. */
const retryAfter = 5

/** For who runs the service: does it live, may it be sent requests, how is it doing. */
export function healthRoutes(app: FastifyInstance, context: Context, options: HealthOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', async (_request, reply) => {
    const notReady = (status: string) => reply.code(503).header('retry-after', retryAfter).send({ status })
    if (options.isStopping()) return notReady('stopping')
    try {
      await context.database.query('SELECT 1 FROM tenant LIMIT 1')
      return { status: 'ready' }
    } catch {
      return notReady('database unreachable')
    }
  })

  const accepted = [context.adminToken, options.metricsToken].filter((token) => token !== undefined)
  app.get('/metrics', async (request, reply) => {
    context.signIns.check(request, reply, 'metrics')
    const given = bearerOf(request)
    if (!accepted.some((token) => isAdminToken(given, token))) {
      context.signIns.failed(request, 'metrics')
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'The metrics token or the admin token is needed' })
    }
    return reply.type(options.metrics.contentType).send(await options.metrics.text())
  })
}
