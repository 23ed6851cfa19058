import { shown } from '../../../sync/flow.ts'
import type { ObjectRules } from '../../../sync/rules.ts'
import type { Write } from '../../../sync/scim/body.ts'
import { type Resource, readPath } from '../../../sync/scim/path.ts'
import type { ProvisioningLogEntry } from '../../tenant/model.ts'
import { type CycleContext, isoTime } from './context.ts'

export type LogAction = 'create' | 'update' | 'disable' | 'delete' | 'stagedDelete' | 'other'

export interface ModifiedProperty {
  displayName: string
  oldValue: string | null
  newValue: string | null
}

/** What happened to one object, to be shown as Graph's provisioningObjectSummary. */
export interface LogFacts {
  rules: ObjectRules
  objectId: string
  displayName: string
  targetId: string | null
  action: LogAction
  status: 'success' | 'failure' | 'skipped'
  modified?: ModifiedProperty[]
  error?: { code: string; message: string }
  skipReason?: string
  /** `performance.now()` when work on the object began. */
  began: number
}

const STEP: Readonly<Record<LogAction, string>> = {
  create: 'EntryExportAdd',
  update: 'EntryExportUpdate',
  disable: 'EntryExportUpdate',
  delete: 'EntryExportDelete',
  stagedDelete: 'EntryExportDelete',
  other: 'EntrySynchronizationSkip',
}

/** @param writes what was written; `before` what the target held there */
export function modifiedProperties(writes: readonly Write[], before: Resource): ModifiedProperty[] {
  return writes.map((write) => {
    const old = readPath(before, write.target.path)
    const oldValue =
      old === undefined
        ? null
        : write.redacted
          ? '[Redact]'
          : typeof old === 'object'
            ? JSON.stringify(old)
            : String(old)
    return { displayName: write.target.path.text, oldValue, newValue: shown(write) }
  })
}

/** Shape: Microsoft Graph v1.0, provisioningObjectSummary. */
export function logEntry(context: CycleContext, facts: LogFacts): ProvisioningLogEntry {
  const { rules, error, skipReason, status, action } = facts
  const servicePrincipal = context.store.servicePrincipals.get(context.job.servicePrincipalId)
  const principalName = servicePrincipal?.displayName ?? ''
  const identityType = rules.objectType === 'user' ? 'User' : 'Group'
  return {
    id: crypto.randomUUID(),
    activityDateTime: isoTime(context.clock),
    tenantId: context.store.tenantId,
    jobId: context.job.id,
    cycleId: context.cycleId,
    changeId: crypto.randomUUID(),
    provisioningAction: action,
    durationInMilliseconds: Math.round(performance.now() - facts.began),
    initiatedBy: { id: '', displayName: 'Azure AD Provisioning Service', initiatorType: 'system' },
    servicePrincipal: { id: context.job.servicePrincipalId, displayName: principalName },
    sourceSystem: { id: rules.ruleId, displayName: 'Azure Active Directory', details: {} },
    targetSystem: {
      id: rules.ruleId,
      displayName: principalName,
      details: { ServicePrincipalId: context.job.servicePrincipalId, ServicePrincipalDisplayName: principalName },
    },
    sourceIdentity: { id: facts.objectId, displayName: facts.displayName, identityType, details: {} },
    targetIdentity: { id: facts.targetId ?? '', displayName: '', identityType: rules.targetObjectName, details: {} },
    modifiedProperties: facts.modified ?? [],
    provisioningSteps: [
      {
        name: context.kind === 'initial' ? 'EntryImportAdd' : 'EntryImport',
        provisioningStepType: 'import',
        status: 'success',
        description: `Received ${identityType} '${facts.displayName}' from Azure Active Directory`,
        details: {},
      },
      {
        name: STEP[action],
        provisioningStepType: 'export',
        status,
        description: error?.message ?? skipReason ?? `${identityType} '${facts.displayName}': ${action}`,
        details: skipReason ? { SkipReason: skipReason } : {},
      },
    ],
    provisioningStatusInfo: { status, errorInformation: errorInformation(facts) },
  }
}

function errorInformation({ error, skipReason }: LogFacts): Record<string, unknown> | null {
  if (!error) {
    return skipReason
      ? {
          errorCode: skipReason,
          reason: skipReason,
          additionalDetails: null,
          errorCategory: 'nonServiceFailure',
          recommendedAction: null,
        }
      : null
  }
  return {
    errorCode: error.code,
    reason: error.message,
    additionalDetails: null,
    errorCategory: 'failure',
    recommendedAction: null,
  }
}
