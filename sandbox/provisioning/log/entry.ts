import type { ProvisioningLogEntry } from '../../tenant/model.ts'
import type { Clock, TenantStore } from '../../tenant/store.ts'
import { errorInformation } from './errors.ts'
import type { LogFacts } from './facts.ts'
import { type ProvisioningStep, stepsOf } from './steps.ts'

const SOURCE = 'Azure Active Directory'

/** Graph's provisioningObjectSummary, the parts that are read again here typed. */
export type ObjectSummary = ProvisioningLogEntry & {
  changeId: string
  provisioningAction: string
  durationInMilliseconds: number
  modifiedProperties: LogFacts['modified'] & object
  provisioningSteps: ProvisioningStep[]
  provisioningStatusInfo: { status: string; errorInformation: Record<string, unknown> | null }
}

/** What the entries of one cycle share. */
export interface LogContext {
  readonly cycleId: string
  readonly job: { readonly id: string; readonly servicePrincipalId: string }
  readonly store: TenantStore
  readonly clock: Clock
}

/** Shape: Microsoft Graph v1.0, provisioningObjectSummary. */
export function logEntry(context: LogContext, facts: LogFacts): ObjectSummary {
  const { rules, status, action, displayName } = facts
  const { servicePrincipalId } = context.job
  const principal = context.store.servicePrincipals.get(servicePrincipalId)
  const target = principal?.displayName ?? ''
  const identityType = rules.objectType === 'user' ? 'User' : 'Group'
  return {
    id: crypto.randomUUID(),
    activityDateTime: new Date(context.clock.now()).toISOString(),
    tenantId: context.store.tenantId,
    jobId: context.job.id,
    cycleId: context.cycleId,
    changeId: crypto.randomUUID(),
    provisioningAction: action,
    durationInMilliseconds: Math.round(performance.now() - facts.began),
    initiatedBy: { id: '', displayName: 'Azure AD Provisioning Service', initiatorType: 'system' },
    servicePrincipal: { id: servicePrincipalId, displayName: target },
    sourceSystem: { id: rules.ruleId, displayName: SOURCE, details: {} },
    targetSystem: {
      id: rules.ruleId,
      displayName: target,
      details: {
        ApplicationId: principal?.appId ?? '',
        ServicePrincipalId: servicePrincipalId,
        ServicePrincipalDisplayName: target,
      },
    },
    sourceIdentity: {
      id: facts.objectId,
      displayName,
      identityType,
      details: {
        id: facts.objectId,
        odatatype: identityType,
        DisplayName: displayName,
        ...(facts.userPrincipalName === null ? {} : { UserPrincipalName: facts.userPrincipalName }),
      },
    },
    targetIdentity: {
      id: facts.targetId ?? '',
      displayName: facts.targetId === null ? '' : displayName,
      identityType: rules.targetObjectName,
      details: {},
    },
    modifiedProperties: facts.modified ?? [],
    provisioningSteps: stepsOf(facts, SOURCE, target),
    provisioningStatusInfo: { status, errorInformation: errorInformation(facts) },
  }
}
