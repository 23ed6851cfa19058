import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'
import { refuse } from './refusal.ts'

export interface AdmissionLimits {
  maxInFlight: number
  /** Milliseconds, mean over a second. */
  maxEventLoopDelay: number
}

const retryAfter = 5
const heapShare = 0.9

/** Those who look whether the service is well must get their answer above all when it is not. */
export const probes = ['/healthz', '/readyz', '/metrics']
const isProbe = (request: FastifyRequest): boolean => probes.includes(request.routeOptions.url ?? '')

/** Refuses what the service cannot work on: better an early 503 than a late answer to everybody. */
export async function admission(app: FastifyInstance, limits: AdmissionLimits, metrics: Metrics): Promise<void> {
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
  await app.register(underPressure, {
    maxEventLoopDelay: limits.maxEventLoopDelay,
    maxHeapUsedBytes: heapShare * getHeapStatistics().heap_size_limit,
    pressureHandler: async (request, reply) => {
      if (isProbe(request)) return
      metrics.refused('overload')
      refuse(reply, 503, 'The service has more to do than it can; try again', retryAfter)
    },
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
