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
  const mayRead = async (given: string): Promise<boolean> =>
    accepted.some((token) => isAdminToken(given, token)) || (await hasRole(context, given))
  app.get('/metrics', async (request, reply) => {
    context.signIns.check(request, reply, 'metrics')
    const given = bearerOf(request)
    if (!(await mayRead(given))) {
      context.signIns.failed(request, 'metrics')
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'The metrics token, the admin token or a token of Entra ID with an app role is needed' })
    }
    return reply.type(options.metrics.contentType).send(await options.metrics.text())
  })
}

/** Whether it is an access token of Entra ID with any of the service's app roles. */
async function hasRole({ entra }: Context, token: string): Promise<boolean> {
  if (!entra || token === '') return false
  const principal = await entra.accept(token).catch(() => undefined)
  return principal !== undefined && principal.roles.length > 0
}
