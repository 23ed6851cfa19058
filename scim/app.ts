import formbody from '@fastify/formbody'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { adminRoutes } from './admin/routes.ts'
import { answerBadAddress, answerOutside, plainAddress } from './http/addresses.ts'
import type { Context } from './http/context.ts'
import { descriptionRoute } from './http/description.ts'
import { type HealthOptions, healthRoutes } from './http/health.ts'
import { managementRoutes } from './http/management.ts'
import { oauthRoutes } from './http/oauth.ts'
import { scimRoutes } from './http/scim.ts'
import { admission } from './operations/admission.ts'
import { requestId, requestLog } from './operations/request-log.ts'
import type { Settings } from './settings.ts'

/** Room for some thousand members in one request. */
const bodyLimit = 2 * 1024 * 1024
/** Room for the longest filter in a URL, so that a longer one is refused with a reason. */
const maxHeaderSize = 64 * 1024
/** How often connections are looked at whose client takes too long; milliseconds. */
const connectionsCheckingInterval = 2_000

/** The HTTP side of the service. */
export async function buildApp(
  context: Context,
  logger: FastifyBaseLogger,
  settings: Settings,
  health: Omit<HealthOptions, 'metricsToken'>,
): Promise<FastifyInstance> {
  const requestTimeout = settings.requestTimeout * 1_000
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    frameworkErrors: (_error, _request, reply) => answerBadAddress(reply),
    rewriteUrl: ({ url }) => plainAddress(url ?? '/'),
    bodyLimit,
    trustProxy: trusted(settings.trustProxy),
    requestTimeout,
    http: { headersTimeout: requestTimeout, requestTimeout, connectionsCheckingInterval, maxHeaderSize },
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: maxHeaderSize },
  })
  app.server.maxConnections = settings.maxConnections
  app.addHook('onSend', async (_request, reply) => {
    if (health.isStopping()) void reply.header('connection', 'close')
  })
  requestLog(app, health.metrics)
  admission(app, settings, health.metrics)
  await app.register(formbody)
  healthRoutes(app, context, { ...health, metricsToken: settings.metricsToken })
  descriptionRoute(app)
  answerOutside(app)
  await app.register((scope) => oauthRoutes(scope, context))
  await app.register((scope) => scimRoutes(scope, context), { prefix: '/:tenant/scim/v2' })
  await app.register((scope) => managementRoutes(scope, context), { prefix: '/api' })
  await app.register((scope) => adminRoutes(scope, context), { prefix: '/admin' })
  return app
}

/** A number of proxies is counted from the service outwards. */
function trusted(proxies: Settings['trustProxy']): string[] | false | ((address: string, hop: number) => boolean) {
  if (typeof proxies === 'number') return (_address, hop) => hop < proxies
  return proxies ?? false
}
