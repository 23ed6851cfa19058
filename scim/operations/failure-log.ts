import type { FastifyReply, FastifyRequest } from 'fastify'
import { isUnreachable, tookTooLong } from '../storage/database.ts'
import { Refusal } from './refusal.ts'

/** To be called with each error before it is answered with `status`. */
export type NoteFailure = (error: unknown, status: number, request: FastifyRequest, reply: FastifyReply) => void

/** In seconds, unless who refuses knows better. */
const retryAfter = 5
/** An outage is over when no request has met it for so long; milliseconds. */
const quietAfter = 30_000

/**
 * Tells the client of a 503 when to come again, and who runs the service what has failed: an outage of the database once, not
 * for each request that meets it; other 503 by their reason; what nobody has thought of with its stack. Refusals are counted
 * where they are made.
 */
export function openFailureLog(clock: () => number = Date.now): NoteFailure {
  let outageMet = Number.NEGATIVE_INFINITY
  return (error, status, request, reply) => {
    if (status === 503 && !reply.hasHeader('retry-after')) void reply.header('retry-after', retryAfter)
    if (status < 500 || error instanceof Refusal) return
    if (status !== 503) return request.log.error({ err: error }, 'request failed')
    const reason = (error as Error).message
    if (!isUnreachable(error) || tookTooLong(error)) return request.log.warn({ reason }, 'request answered with 503')
    const goesOn = clock() - outageMet <= quietAfter
    outageMet = clock()
    if (!goesOn) request.log.warn({ reason }, 'the database cannot be reached; requests that need it are answered 503')
  }
}
