import type { LogRecord, ModifiedProperty } from '../../tenant/model.ts'
import type { TenantStore } from '../../tenant/store.ts'
import { errorInformation } from './errors.ts'
import { type ProvisioningStep, stepsOf } from './steps.ts'

const SOURCE = 'Azure Active Directory'

/** Graph v1.0's provisioningObjectSummary. */
export interface ObjectSummary {
  id: string
  activityDateTime: string
  tenantId: string
  jobId: string
  cycleId: string
  changeId: string
  provisioningAction: string
  durationInMilliseconds: number
  initiatedBy: { id: string; displayName: string; initiatorType: string }
  servicePrincipal: { id: string; displayName: string }
  sourceSystem: System
  targetSystem: System
  sourceIdentity: Identity
  targetIdentity: Identity
  modifiedProperties: ModifiedProperty[]
  provisioningSteps: ProvisioningStep[]
  provisioningStatusInfo: { status: string; errorInformation: Record<string, unknown> | null }
}

export interface System {
  id: string
  displayName: string
  details: Record<string, string>
}

export interface Identity {
  id: string
  displayName: string
  identityType: string
  details: Record<string, string>
}

/** A log record as Graph shows it. */
export function summaryOf(
  record: LogRecord,
  store: Pick<TenantStore, 'tenantId' | 'servicePrincipals'>,
): ObjectSummary {
  const { mapping, objectId, displayName, userPrincipalName, targetId, servicePrincipalId } = record
  const principal = store.servicePrincipals.get(servicePrincipalId)
  const target = principal?.displayName ?? ''
  const identityType = mapping.objectType === 'user' ? 'User' : 'Group'
  return {
    id: record.id,
    activityDateTime: record.activityDateTime,
    tenantId: store.tenantId,
    jobId: record.jobId,
    cycleId: record.cycleId,
    changeId: record.id,
    provisioningAction: record.action,
    durationInMilliseconds: record.durationMs,
    initiatedBy: { id: '', displayName: 'Azure AD Provisioning Service', initiatorType: 'system' },
    servicePrincipal: { id: servicePrincipalId, displayName: target },
    sourceSystem: { id: mapping.ruleId, displayName: SOURCE, details: {} },
    targetSystem: {
      id: mapping.ruleId,
      displayName: target,
      details: {
        ApplicationId: principal?.appId ?? '',
        ServicePrincipalId: servicePrincipalId,
        ServicePrincipalDisplayName: target,
      },
    },
    sourceIdentity: {
      id: objectId,
      displayName,
      identityType,
      details: {
        id: objectId,
        odatatype: identityType,
        DisplayName: displayName,
        ...(userPrincipalName === null ? {} : { UserPrincipalName: userPrincipalName }),
      },
    },
    targetIdentity: {
      id: targetId ?? '',
      displayName: targetId === null ? '' : displayName,
      identityType: mapping.targetObjectName,
      details: {},
    },
    modifiedProperties: record.modified ?? [],
    provisioningSteps: stepsOf(record, SOURCE, target),
    provisioningStatusInfo: { status: record.status, errorInformation: errorInformation(record) },
  }
}
