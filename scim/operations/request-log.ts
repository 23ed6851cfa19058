import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { probes } from './admission.ts'
import type { Metrics } from './metrics.ts'

/** The client's own id for a request, where it is one that may stand in a log; else a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
}

/** A line and a measurement for each answer: nothing of it is a person's, since routes are told by their pattern. */
export function requestLog(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    const status = reply.statusCode
    metrics.answered(method, route, status, reply.elapsedTime / 1_000)
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10
    const line = {
      method,
      route,
      status,
      milliseconds,
      tenant: request.caller?.tenant.name,
      client: request.caller?.configuration,
    }
    if (probes.includes(route)) request.log.debug(line, 'answered')
    else request.log.info(line, 'answered')
  })
}
