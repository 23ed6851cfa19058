import { type Registry, registryOf } from '../schema/registry.ts'
import { type PoolType, poolTypes } from '../tenant/licence-types.ts'
import { completeSettings, type SettingsChange, type TenantSettings } from '../tenant/settings.ts'
import { recordChange } from './audit.ts'
import type { Database, Queryable } from './database.ts'
import { promoteWaiting } from './licences.ts'
import { deletedTenants } from './tenant-deletion.ts'
import { indexUniqueValues } from './unique-values.ts'

/** Seats of each type; null is without limit. */
export type Licences = Record<PoolType, number | null>

export interface Tenant {
  id: number
  name: string
  displayName: string
  settings: TenantSettings
  /** What its resources are made of, by its settings. */
  registry: Registry
}

type Row = Omit<Tenant, 'registry' | 'settings'> & { settings: Partial<TenantSettings> }

const tenantColumns = 't.id, t.name, t.display_name AS "displayName", t.settings'

export function toTenant(row: Row): Tenant {
  const settings = completeSettings(row.settings)
  return { ...row, settings, registry: registryOf(settings.extensions) }
}

export async function findTenant(database: Queryable, name: string): Promise<Tenant | undefined> {
  const rows = await database.query<Row>(`SELECT ${tenantColumns} FROM tenant t WHERE t.name = $1`, [name])
  return rows.map(toTenant)[0]
}

export async function listTenants(database: Queryable): Promise<Tenant[]> {
  const text = `SELECT ${tenantColumns} FROM tenant t WHERE NOT ${deletedTenants} ORDER BY t.name`
  return (await database.query<Row>(text)).map(toTenant)
}

/**
 * Makes the tenant if it is new, changes what is named, and gives seats that a larger pool has to those who wait.
 * Throws the broken constraint `attr_value_unique` where users have the same value of an attribute that was declared unique now.
 */
export async function putTenant(
  database: Database,
  name: string,
  change: { displayName?: string; licences?: Partial<Licences>; settings?: SettingsChange },
  actor: string,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const before = await findTenant(transaction, name)
    const [tenant] = await transaction.query<{ id: number }>(
      `INSERT INTO tenant (name, display_name, settings) VALUES ($1, coalesce($2, $1), $3)
       ON CONFLICT (name) DO UPDATE SET display_name = coalesce($2, tenant.display_name),
         settings = tenant.settings || excluded.settings RETURNING id`,
      [name, change.displayName, change.settings ?? {}],
    )
    if (before && change.settings?.extensions) {
      await indexUniqueValues(transaction, before, registryOf(change.settings.extensions).User)
    }
    const changed = Object.keys({ ...(change.displayName !== undefined && { displayName: 0 }), ...change.settings })
    if (!before || changed.length > 0) {
      const action = before ? 'tenant changed' : 'tenant created'
      await recordChange(
        transaction,
        { tenant: tenant!.id, actor },
        { action, subject: name, changed: changed.join(', ') },
      )
    }
    for (const type of poolTypes) {
      const seats = change.licences?.[type]
      await transaction.query(
        'INSERT INTO licence_pool (tenant, type) VALUES ($1, $2) ON CONFLICT (tenant, type) DO NOTHING',
        [tenant!.id, type],
      )
      if (seats !== undefined) {
        await transaction.query('SELECT set_seats($1, $2, $3, $4)', [tenant!.id, type, seats, actor])
      }
    }
    if (change.licences) await promoteWaiting(transaction, { tenant: tenant!.id, actor })
  })
}

export interface Counts {
  users: number
  activeUsers: number
  groups: number
  licensed: number
  waiting: number
  /** For each pool: how many hold a seat of it, also while they wait for one of a higher type, and how many wait for one. */
  byType: Record<PoolType, { licensed: number; waiting: number }>
}

export async function licencesOf(database: Queryable, tenant: number): Promise<Licences> {
  const pools = await database.query<{ type: PoolType; seats: number | null }>(
    'SELECT type, seats FROM licence_pool WHERE tenant = $1',
    [tenant],
  )
  const seats = (type: PoolType): number | null => pools.find((pool) => pool.type === type)?.seats ?? null
  return { named: seats('named'), concurrent: seats('concurrent'), readOnly: seats('readOnly') }
}

/** Read from what is counted as it is written, so that the cost hardly depends on how many users there are. */
export async function countsOf(database: Queryable, tenant: number): Promise<Counts> {
  type Pool = { type: PoolType; used: number; waiting: number; lower: number }
  const [pools, [row]] = await Promise.all([
    database.query<Pool>(
      `SELECT p.type, p.used, count(r.id) AS waiting, count(r.licence_held) AS lower FROM licence_pool p
       LEFT JOIN resource r ON r.tenant = p.tenant AND r.licence_type = p.type AND r.licence_state = 'waiting'
       WHERE p.tenant = $1 GROUP BY p.type, p.used`,
      [tenant],
    ),
    database.query<{ users: number; groups: number; inactive: number }>(
      `SELECT (SELECT coalesce(sum(n), 0)::bigint FROM resource_count WHERE tenant = $1 AND type = 'User') AS users,
         (SELECT coalesce(sum(n), 0)::bigint FROM resource_count WHERE tenant = $1 AND type = 'Group') AS groups,
         (SELECT count(*) FROM resource WHERE tenant = $1 AND type = 'User' AND NOT active) AS inactive`,
      [tenant],
    ),
  ])
  const { users, groups, inactive } = row!
  const sum = (count: (pool: Pool) => number): number => pools.reduce((total, pool) => total + count(pool), 0)
  const inPool = (type: PoolType): Counts['byType'][PoolType] => {
    const pool = pools.find((each) => each.type === type)
    return { licensed: pool?.used ?? 0, waiting: pool?.waiting ?? 0 }
  }
  return {
    users,
    activeUsers: users - inactive,
    groups,
    licensed: sum(({ used, lower }) => used - lower),
    waiting: sum(({ waiting }) => waiting),
    byType: { named: inPool('named'), concurrent: inPool('concurrent'), readOnly: inPool('readOnly') },
  }
}
