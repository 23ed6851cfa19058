import type { AuditRecord } from '../../tenant/model.ts'
import { ACCESS } from '../access.ts'
import { knownType } from '../contract/metadata.ts'
import { badRequest, notFound } from '../errors.ts'
import { type ListOptions, listAnswer } from '../odata/list.ts'
import { type Call, type GraphResponse, ok } from '../request.ts'
import type { Route } from '../router.ts'

const PATTERN = '/auditLogs/directoryAudits'

const LIST: ListOptions<AuditRecord> = {
  type: 'microsoft.graph.directoryAudit',
  context: 'auditLogs/directoryAudits',
  properties: new Set(Object.keys(knownType('directoryAudit').properties)),
  maxPageSize: 1000,
  view,
}

export const auditLogRoutes: Route[] = [
  { method: 'GET', pattern: PATTERN, access: ACCESS.readAuditLog, handler: list },
  { method: 'GET', pattern: `${PATTERN}/:id`, access: ACCESS.readAuditLog, handler: get },
]

/** Newest first where the client names no order; Graph documents none. */
function list(call: Call): GraphResponse {
  const order = call.request.query.get('$orderby')
  if (order && !/^activityDateTime(\s+(asc|desc))?$/i.test(order.trim())) {
    throw badRequest(`The audit log is ordered by activityDateTime alone, not by '${order}'.`)
  }
  return listAnswer(call, kept(call).reverse(), LIST)
}

function get(call: Call): GraphResponse {
  const found = kept(call).find(({ id }) => id === call.params.id)
  if (!found) throw notFound(call.params.id!)
  return ok({ '@odata.context': call.context(`${LIST.context}/$entity`), ...view(found) })
}

function kept({ tenant, clock, settings }: Call): AuditRecord[] {
  const oldest = new Date(clock.now() - settings.auditRetentionDays * 86_400_000).toISOString()
  return [...tenant.audits.values()].filter(({ at }) => at >= oldest)
}

function view({ id, at, activity, category, service, operation, by, targets }: AuditRecord): Record<string, unknown> {
  return {
    id,
    category,
    correlationId: id.replace('Directory_', ''),
    result: 'success',
    resultReason: '',
    activityDisplayName: activity,
    activityDateTime: at,
    loggedByService: service,
    operationType: operation,
    initiatedBy: {
      user: by.user ? { ...by.user, ipAddress: null } : null,
      app: by.app ? { ...by.app, servicePrincipalName: null } : null,
    },
    targetResources: targets.map(({ modified = [], ...target }) => ({
      userPrincipalName: null,
      groupType: target.type === 'Group' ? 'azureAD' : null,
      ...target,
      modifiedProperties: modified.map(({ name, before, after }) => ({
        displayName: name,
        oldValue: before,
        newValue: after,
      })),
    })),
    additionalDetails: [],
  }
}
