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
      description: 'The SCIM service answers with server errors (5xx).',
      of: 'app',
      severity: 1,
      metric: 'Requests',
      aggregation: 'Total',
      operator: 'GreaterThan',
      threshold: 10,
      window: 'PT5M',
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

/** The message of the line that the SCIM service logs each hour for a pool that people wait for. */
export const WAITING = 'users wait for a licence'

/** The longest queue in the last two hours, from the service's own log lines. */
export function waitingQuery(app: string): string {
  return [
    'ContainerAppConsoleLogs',
    `| where ContainerAppName == "${app}" and Log has "${WAITING}"`,
    '| extend line = parse_json(Log)',
    `| where tostring(line.msg) == "${WAITING}"`,
    '| summarize waiting = max(tolong(line.waiting)) by tenant = tostring(line.tenant), type = tostring(line.type)',
  ].join('\n')
}
