import { getHeapStatistics } from 'node:v8'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { watchLoad } from './load.ts'
import type { Metrics } from './metrics.ts'
import { refuse } from './refusal.ts'

export interface AdmissionLimits {
  maxInFlight: number
  /** Milliseconds, mean over a second. */
  maxEventLoopDelay: number
}

const retryAfter = 5
const maxHeapUsed = 0.9 * getHeapStatistics().heap_size_limit

/** Those who look whether the service is well must get their answer above all when it is not. */
export const probes = ['/healthz', '/readyz', '/metrics']
const isProbe = (request: FastifyRequest): boolean => probes.includes(request.routeOptions.url ?? '')

/** Refuses what the service cannot work on: better an early 503 than a late answer to everybody. */
export function admission(app: FastifyInstance, limits: AdmissionLimits, metrics: Metrics): void {
  let inFlight = 0
  app.addHook('onRequest', async (request, reply) => {
    inFlight++
    metrics.inFlight(1)
    if (inFlight <= limits.maxInFlight || isProbe(request)) return
    metrics.refused('in_flight')
    refuse(reply, 503, 'The service works on as many requests as it can; try again', retryAfter)
  })
  app.addHook('onResponse', async () => {
    inFlight--
    metrics.inFlight(-1)
  })
  const load = watchLoad()
  app.addHook('onClose', async () => load.stop())
  app.addHook('onRequest', async (request, reply) => {
    const { lag, heapUsed } = load.now()
    if ((lag <= limits.maxEventLoopDelay && heapUsed <= maxHeapUsed) || isProbe(request)) return
    metrics.refused('overload')
    refuse(reply, 503, 'The service has more to do than it can; try again', retryAfter)
  })
  app.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding']
    if (encoding && encoding.toLowerCase() !== 'identity') throw new CompressedBody()
  })
}

/** A small compressed body may become one that no memory holds, so none is unpacked. */
export class CompressedBody extends Error {
  readonly statusCode = 415
  constructor() {
    super('A compressed body is not accepted; send it without Content-Encoding')
  }
}
