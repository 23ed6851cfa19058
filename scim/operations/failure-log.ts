import type { FastifyReply, FastifyRequest } from 'fastify'
import type { NoteOutage } from './outage-log.ts'
import { Refusal } from './refusal.ts'

/** To be called with each error before it is answered with `status`. */
export type NoteFailure = (error: unknown, status: number, request: FastifyRequest, reply: FastifyReply) => void

/** In seconds, unless who refuses knows better. */
const retryAfter = 5

/**
 * Tells the client of a 503 when to come again, and who runs the service what has failed: an outage of the database once, not
 * for each request that meets it; other 503 by their reason; what nobody has thought of with its stack. Refusals are counted
 * where they are made.
 */
export const openFailureLog =
  (noteOutage: NoteOutage): NoteFailure =>
  (error, status, request, reply) => {
    if (status === 503 && !reply.hasHeader('retry-after')) void reply.header('retry-after', retryAfter)
    if (status < 500 || error instanceof Refusal) return
    if (status !== 503) return request.log.error({ err: error }, 'request failed')
    if (!noteOutage(error, request.log))
      request.log.warn({ reason: (error as Error).message }, 'request answered with 503')
  }
