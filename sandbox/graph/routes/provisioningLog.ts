import { type ObjectSummary, summaryOf } from '../../provisioning/log/summary.ts'
import type { LogRecord } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { knownType } from '../contract/metadata.ts'
import { badRequest } from '../errors.ts'
import { type ListOptions, listAnswer } from '../odata/list.ts'
import type { Call, GraphResponse } from '../request.ts'
import type { Route } from '../router.ts'

/** Kept as long as a tenant with a premium licence keeps it (Entra: provisioning logs). */
const RETENTION_DAYS = 30

const LIST: Omit<ListOptions<LogRecord>, 'view'> = {
  type: 'microsoft.graph.provisioningObjectSummary',
  context: 'auditLogs/provisioning',
  properties: new Set(Object.keys(knownType('provisioningObjectSummary').properties)),
  caseSensitive: true,
  anyCaseNames: true,
  maxPageSize: 1000,
}

export const provisioningLogRoutes: Route[] = [
  { method: 'GET', pattern: '/auditLogs/provisioning', access: ACCESS.readProvisioningLog, handler: list },
]

/** Newest first where the client names no order; Graph documents none. It sorts by time alone, and does not count. */
function list(call: Call): GraphResponse {
  const { query } = call.request
  const order = query.get('$orderby')
  if (order && !/^activityDateTime(\s+(asc|desc))?$/i.test(order.trim())) {
    throw badRequest(`The provisioning log is ordered by activityDateTime alone, not by '${order}'.`)
  }
  query.delete('$count')
  const oldest = new Date(call.clock.now() - RETENTION_DAYS * 86_400_000).toISOString()
  const kept = [...call.tenant.log.values()].filter((entry) => entry.activityDateTime >= oldest).reverse()
  const isBeta = call.request.version === 'beta'
  const view = (record: LogRecord): Record<string, unknown> => {
    const summary = summaryOf(record, call.tenant)
    return isBeta ? betaView(summary) : { ...summary }
  }
  return listAnswer(call, kept, { ...LIST, view })
}

/** Beta still has the status and action under their former names (Graph beta: provisioningObjectSummary). */
function betaView(entry: ObjectSummary): Record<string, unknown> {
  const action = entry.provisioningAction
  const { status, errorInformation } = entry.provisioningStatusInfo
  return {
    ...entry,
    action: `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`,
    statusInfo: errorInformation
      ? { '@odata.type': '#microsoft.graph.statusDetails', status, ...errorInformation }
      : { '@odata.type': '#microsoft.graph.statusBase', status },
  }
}
