import type { FastifyBaseLogger } from 'fastify'
import { isUnreachable, tookTooLong } from '../storage/database.ts'

/** Whether the error is an outage of the database, of which the log then tells. */
export type NoteOutage = (error: unknown, log: Pick<FastifyBaseLogger, 'warn'>) => boolean

/** An outage is over when nothing has met it for so long; milliseconds. */
const quietAfter = 30_000

/** Tells of an outage once, whoever meets it: requests and upkeep share one of these. */
export function openOutageLog(clock: () => number = Date.now): NoteOutage {
  let met = Number.NEGATIVE_INFINITY
  return (error, log) => {
    if (!isUnreachable(error) || tookTooLong(error)) return false
    const goesOn = clock() - met <= quietAfter
    met = clock()
    const reason = (error as Error).message
    if (!goesOn) log.warn({ reason }, 'the database cannot be reached; requests that need it are answered 503')
    return true
  }
}
