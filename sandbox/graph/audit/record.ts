import { randomUUID } from 'node:crypto'
import type { AuditRecord } from '../../tenant/model.ts'
import type { Call, Handler } from '../request.ts'
import { ACTIVITIES } from './activities.ts'

/** The route's handler, which keeps in the audit log what it changed, and who had it change that. */
export function audited(method: string, pattern: string, handler: Handler): Handler {
  const describe = ACTIVITIES[`${method} ${pattern}`]
  if (!describe) return handler
  return async (call) => {
    const tell = describe(call)
    const response = await handler(call)
    const by = initiator(call)
    for (const told of tell(response)) {
      const id = `Directory_${randomUUID()}`
      call.tenant.audits.put(id, { id, at: call.nowIso(), by, ...told })
    }
    return response
  }
}

function initiator({ request, tenant }: Call): AuditRecord['by'] {
  const { caller } = request
  const { objectId, appId } = caller
  if (caller.scopes) {
    const { displayName, userPrincipalName } = tenant.users.get(objectId) ?? {}
    return { user: { id: objectId, displayName: displayName ?? null, userPrincipalName: userPrincipalName ?? null } }
  }
  const displayName = tenant.servicePrincipals.get(objectId)?.displayName ?? null
  return { app: { appId, displayName, servicePrincipalId: objectId } }
}
