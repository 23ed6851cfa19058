import type { Queryable } from './database.ts'
import type { PoolType } from './tenants.ts'

/** A pool as it is now; `seats` null is without limit. More may be used than there are, after a pool was made smaller. */
export interface Pool {
  type: PoolType
  seats: number | null
  used: number
  waiting: number
}

export interface Overview {
  users: number
  groups: number
  /** Users that have the licence they are to have, and users that wait for it, some of them on a lower seat. */
  licensed: number
  waiting: number
  /** From the highest type down. */
  pools: Pool[]
}

/** How a tenant is doing; without counting its users, of whom there may be a million. */
export async function readOverview(database: Queryable, tenant: number): Promise<Overview> {
  const [pools, [totals]] = await Promise.all([
    database.query<Pool & { lower: number }>(
      `SELECT p.type, p.seats, p.used, w.waiting, w.lower FROM licence_pool p, LATERAL (
         SELECT count(*) AS waiting, count(licence_held) AS lower FROM resource r
         WHERE r.tenant = p.tenant AND r.licence_type = p.type AND r.licence_state = 'waiting') w
       WHERE p.tenant = $1 ORDER BY licence_rank(p.type) DESC`,
      [tenant],
    ),
    database.query<{ users: number; groups: number }>(
      `SELECT coalesce(sum(n) FILTER (WHERE type = 'User'), 0)::bigint AS users,
         coalesce(sum(n) FILTER (WHERE type = 'Group'), 0)::bigint AS groups FROM resource_count WHERE tenant = $1`,
      [tenant],
    ),
  ])
  const sum = (value: (pool: (typeof pools)[number]) => number): number =>
    pools.reduce((total, pool) => total + value(pool), 0)
  return {
    ...totals!,
    licensed: sum(({ used, lower }) => used - lower),
    waiting: sum(({ waiting }) => waiting),
    pools,
  }
}
