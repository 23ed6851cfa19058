import { Gauge, type Registry } from 'prom-client'
import type { Database } from '../storage/database.ts'

const licences = `SELECT t.name AS tenant, p.type, coalesce(p.seats, 'Infinity'::float8) AS seats, p.used,
    (SELECT count(*) FROM resource r WHERE r.tenant = p.tenant AND r.licence_type = p.type AND r.licence_state = 'waiting') AS waiting
  FROM licence_pool p JOIN tenant t ON t.id = p.tenant WHERE t.name = ANY($1::text[])`

/** Seats, seats in use and users who wait, of the tenants that are named: each is some series more to store. */
export function licenceGauges(database: Database, tenants: string[], registers: Registry[]): void {
  if (tenants.length === 0) return
  new Gauge({
    name: 'entrada_scim_licences',
    help: 'Seats of a pool, seats in use, and users who wait for one',
    labelNames: ['tenant', 'type', 'state'],
    registers,
    async collect() {
      type Row = { tenant: string; type: string; seats: number | string; used: number; waiting: number }
      const rows = await database.query<Row>(licences, [tenants]).catch(() => [])
      this.reset()
      for (const { tenant, type, seats, used, waiting } of rows) {
        this.set({ tenant, type, state: 'seats' }, Number(seats))
        this.set({ tenant, type, state: 'used' }, used)
        this.set({ tenant, type, state: 'waiting' }, waiting)
      }
    },
  })
}
