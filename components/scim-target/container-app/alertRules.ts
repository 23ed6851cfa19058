/** What calls for a person, as rules of Azure Monitor. Metrics: learn.microsoft.com/azure/azure-monitor/reference/supported-metrics */
import { clientConnections } from '../../../azure/sizes.ts'

export interface MetricRule {
  key: string
  /** Read by whoever gets the mail. */
  description: string
  of: 'app' | 'database'
  /** 0 critical to 4 verbose */
  severity: number
  metric: string
  aggregation: 'Average' | 'Maximum' | 'Total'
  operator: 'GreaterThan' | 'LessThan'
  threshold: number
  /** ISO 8601 */
  window: string
  dimension?: { name: string; values: string[] }
}

/** @param sku size of the database server, which its number of connections goes by */
export function metricRules(sku: string): MetricRule[] {
  return [
    {
      key: 'down',
      description: 'No replica of the SCIM service is running: Entra cannot provision.',
      of: 'app',
      severity: 0,
      metric: 'Replicas',
      aggregation: 'Maximum',
      operator: 'LessThan',
      threshold: 1,
      window: 'PT5M',
    },
    {
      key: 'restarts',
      description: 'Replicas of the SCIM service fail their health probes or end, and are restarted.',
      of: 'app',
      severity: 1,
      metric: 'RestartCount',
      aggregation: 'Maximum',
      operator: 'GreaterThan',
      threshold: 3,
      window: 'PT15M',
    },
    {
      key: 'errors',
      description: 'The SCIM service answers with server errors (5xx): what Entra asked for was not done.',
      of: 'app',
      severity: 1,
      metric: 'Requests',
      aggregation: 'Total',
      operator: 'GreaterThan',
      // A cycle that fails ends after a request or two, and the next one comes 40 minutes later.
      threshold: 0,
      window: 'PT1H',
      dimension: { name: 'statusCodeCategory', values: ['5xx'] },
    },
    {
      key: 'database-down',
      description: 'The database server does not answer.',
      of: 'database',
      severity: 0,
      metric: 'is_db_alive',
      aggregation: 'Maximum',
      operator: 'LessThan',
      threshold: 1,
      window: 'PT5M',
    },
    {
      key: 'database-cpu',
      description: 'The database server is busy above 80 % for a quarter of an hour: take a larger database.sku.',
      of: 'database',
      severity: 2,
      metric: 'cpu_percent',
      aggregation: 'Average',
      operator: 'GreaterThan',
      threshold: 80,
      window: 'PT15M',
    },
    {
      key: 'database-storage',
      description: 'The database server has used more than 80 % of its storage.',
      of: 'database',
      severity: 1,
      metric: 'storage_percent',
      aggregation: 'Maximum',
      operator: 'GreaterThan',
      threshold: 80,
      window: 'PT15M',
    },
    {
      key: 'database-connections',
      description: 'More than 80 % of the connections that the database server has are in use.',
      of: 'database',
      severity: 2,
      metric: 'active_connections',
      aggregation: 'Average',
      operator: 'GreaterThan',
      threshold: Math.floor(clientConnections(sku) * 0.8),
      window: 'PT15M',
    },
  ]
}

export interface LogRule {
  key: string
  /** Read by whoever gets the mail. */
  description: string
  severity: number
  /** In Kusto's language; gives a row with `measure` for each combination of `dimensions`. */
  query: string
  measure: string
  dimensions: string[]
  /** The alert fires above it. */
  threshold: number
  /** ISO 8601 */
  every: string
  window: string
}

/** @param app name of the container app */
export function logRules(app: string): LogRule[] {
  return [
    {
      key: 'not-ready',
      description:
        'Replicas of the SCIM service run, but are not ready: they do not reach their database or key, or do not start. If all of them are, Entra cannot provision.',
      severity: 0,
      query: notReadyQuery(app),
      measure: 'minutes',
      dimensions: [],
      threshold: MINUTES_TO_START,
      every: 'PT5M',
      window: 'PT15M',
    },
    {
      key: 'waiting',
      description: 'People who are provisioned wait for a licence: enlarge the pool, or free seats.',
      severity: 3,
      query: waitingQuery(app),
      measure: 'waiting',
      dimensions: ['tenant', 'type'],
      threshold: 0,
      every: 'PT1H',
      window: 'PT2H',
    },
  ]
}

/** A replica that starts fails probes for as long as its startup probe lets it, 50 s, which are in two minutes at most. */
const MINUTES_TO_START = 2

/**
 * In how many minutes of the window the replica that is worst off failed its probes. Minutes, not lines: the platform may
 * log what repeats itself less often. No metric tells of it, and a replica that is not ready still counts as a replica.
 * Columns: learn.microsoft.com/azure/azure-monitor/reference/tables/containerappsystemlogs
 */
function notReadyQuery(app: string): string {
  return [
    'ContainerAppSystemLogs',
    `| where ContainerAppName == "${app}" and Log has "probe"`,
    '| where Log has_any ("readiness", "startup") and Log has_any ("failed", "failure")',
    '| summarize minutes = dcount(bin(TimeGenerated, 1m)) by ReplicaName',
    '| summarize minutes = max(minutes)',
  ].join('\n')
}

/** The message of the line that the SCIM service logs each hour for a pool that people wait for. */
export const WAITING = 'users wait for a licence'

/** The longest queue in the last two hours, from the service's own log lines. */
function waitingQuery(app: string): string {
  return [
    'ContainerAppConsoleLogs',
    `| where ContainerAppName == "${app}" and Log has "${WAITING}"`,
    '| extend line = parse_json(Log)',
    `| where tostring(line.msg) == "${WAITING}"`,
    '| summarize waiting = max(tolong(line.waiting)) by tenant = tostring(line.tenant), type = tostring(line.type)',
  ].join('\n')
}
