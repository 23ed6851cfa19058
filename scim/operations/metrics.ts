import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../storage/database.ts'
import { licenceGauges } from './licence-gauges.ts'

export type RefusalReason = 'tenant_rate' | 'sign_in' | 'overload' | 'in_flight'

export interface Metrics {
  /** `route` is its pattern: an address would hold ids and names, and make endless series. */
  answered(method: string, route: string, status: number, seconds: number): void
  inFlight(change: 1 | -1): void
  /** `granted`, or the error code of RFC 6749 §5.2. */
  tokenRequest(outcome: string): void
  refused(reason: RefusalReason): void
  /** In the text format of Prometheus. */
  text(): Promise<string>
  contentType: string
}

const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Of one service; `tenants` are those that have licence metrics of their own. */
export function openMetrics(database: Database, tenants: string[]): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'entrada_scim_http_request_duration_seconds',
    help: 'Requests that were answered, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: durations,
    registers,
  })
  const inFlight = new Gauge({
    name: 'entrada_scim_http_requests_in_flight',
    help: 'Requests that are worked on',
    registers,
  })
  const tokenRequests = new Counter({
    name: 'entrada_scim_token_requests_total',
    help: 'Requests to the token endpoints, by outcome: granted, or the error code',
    labelNames: ['outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'entrada_scim_refusals_total',
    help: 'Requests refused to protect the service or a tenant, by reason',
    labelNames: ['reason'],
    registers,
  })
  new Gauge({
    name: 'entrada_scim_database_statements',
    help: 'Statements that run, and statements or transactions that wait for a connection',
    labelNames: ['state'],
    registers,
    collect() {
      const { running, waiting } = database.load()
      this.set({ state: 'running' }, running)
      this.set({ state: 'waiting' }, waiting)
    },
  })
  licenceGauges(database, tenants, registers)
  return {
    answered: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    inFlight: (change) => inFlight.inc(change),
    tokenRequest: (outcome) => tokenRequests.inc({ outcome }),
    refused: (reason) => refusals.inc({ reason }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
