import type { PoolType } from '../tenant/licence-types.ts'
import type { Queryable } from './database.ts'

/** A pool as it is now; `seats` null is without limit. More may be used than there are, after a pool was made smaller. */
export interface Seats {
  type: PoolType
  seats: number | null
  used: number
  waiting: number
}

/** From the highest type down. */
export async function readSeats(database: Queryable, tenant: number): Promise<Seats[]> {
  return await database.query<Seats>(
    `SELECT p.type, p.seats, p.used, (SELECT count(*) FROM resource r
       WHERE r.tenant = p.tenant AND r.licence_type = p.type AND r.licence_state = 'waiting') AS waiting
     FROM licence_pool p WHERE p.tenant = $1 ORDER BY licence_rank(p.type) DESC`,
    [tenant],
  )
}
