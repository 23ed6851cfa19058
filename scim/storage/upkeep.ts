import type { FastifyBaseLogger } from 'fastify'
import type { Database } from './database.ts'
import { removeDeletedTenants } from './tenant-deletion.ts'

const hour = 60 * 60 * 1_000
const rowsAtOnce = 1_000
/** Between two steps requests have their turn. */
const pause = 50

/**
 * Does what no request waits for, now and each hour: what is left of deleted tenants, audit rows older than `auditDays`, and
 * a line in the log for each pool that users wait for.
 * Any number of replicas may. `noteOutage` says whether an error is an outage, which it tells the log of. Returns the end of
 * it, which waits for a step that is being taken.
 */
export function startUpkeep(
  database: Database,
  auditDays: number,
  logger: FastifyBaseLogger,
  noteOutage: (error: unknown, logger: FastifyBaseLogger) => boolean,
): () => Promise<void> {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const round = async (): Promise<void> => {
    try {
      await removeDeletedTenants(database)
      await tellWaiting(database, logger)
      await trimAudit(database, auditDays, () => stopped)
    } catch (error) {
      if (!stopped && !noteOutage(error, logger))
        logger.warn({ err: error }, 'upkeep of the database failed; it is tried again in an hour')
    }
  }
  const begin = (): void => {
    running = running.then(round)
  }
  begin()
  const timer = setInterval(begin, hour).unref()
  return async () => {
    stopped = true
    clearInterval(timer)
    await running
  }
}

/** Deletes audit rows older than that, the oldest first, in small steps. */
export async function trimAudit(database: Database, days: number, isStopped = () => false): Promise<void> {
  const tenants = await database.query<{ id: number }>('SELECT id FROM tenant')
  const step = `WITH oldest AS (SELECT seq, at FROM audit WHERE tenant = $1 ORDER BY seq LIMIT ${rowsAtOnce}), gone AS (
      DELETE FROM audit WHERE tenant = $1 AND seq IN (SELECT seq FROM oldest WHERE at < now() - make_interval(days => $2::int))
      RETURNING 1
    ) SELECT count(*) AS n FROM gone`
  for (const { id } of tenants) {
    for (;;) {
      if (isStopped()) return
      const [row] = await database.query<{ n: number }>(step, [id, days])
      if (row!.n === 0) break
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** A line for each pool that users wait for, so that alerts on logs can tell: metrics have only the tenants that are named. */
export async function tellWaiting(database: Database, logger: Pick<FastifyBaseLogger, 'warn'>): Promise<void> {
  const pools = `SELECT t.name AS tenant, r.licence_type AS type, count(*) AS waiting
    FROM resource r JOIN tenant t ON t.id = r.tenant WHERE r.licence_state = 'waiting' GROUP BY 1, 2 ORDER BY 1, 2`
  for (const pool of await database.query<{ tenant: string; type: string; waiting: number }>(pools))
    logger.warn(pool, 'users wait for a licence')
}
