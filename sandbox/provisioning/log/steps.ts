import type { LogAction, LogRecord, ScopeFacts } from '../../tenant/model.ts'

/** Graph's provisioningStep. */
export interface ProvisioningStep {
  name: string
  provisioningStepType: 'import' | 'scoping' | 'matching' | 'processing' | 'referenceResolution' | 'export'
  status: 'success' | 'failure' | 'skipped'
  description: string
  details: Record<string, string>
}

const VERB: Readonly<Record<LogAction, string>> = {
  create: 'Add',
  update: 'Update',
  disable: 'Update',
  delete: 'Delete',
  stagedDelete: 'Delete',
  other: 'Skip',
}

const DONE: Readonly<Record<LogAction, string>> = {
  create: 'was created',
  update: 'was updated',
  disable: 'was disabled',
  delete: 'was deleted',
  stagedDelete: 'would be deleted or disabled; the deletion is held back',
  other: 'was skipped',
}

/**
 * The steps of one log entry, in the order in which the service takes them.
 * Names: Microsoft Graph, provisioningObjectSummary and provisionOnDemand, examples.
 */
export function stepsOf(record: LogRecord, source: string, target: string): ProvisioningStep[] {
  const { mapping, action, status, scope, filters, skipReason, error } = record
  const object = `${mapping.sourceObjectName} '${record.userPrincipalName ?? record.displayName}'`
  const steps: ProvisioningStep[] = [
    {
      name: action === 'create' ? 'EntryImportAdd' : 'EntryImport',
      provisioningStepType: 'import',
      status: 'success',
      description: `Received ${object} change of type (${action === 'other' ? 'Update' : VERB[action]}) from ${source}`,
      details: { objectId: record.objectId },
    },
  ]
  if (scope) steps.push(scopingStep(scope, object))
  if (filters) steps.push(matchingStep(record, object, target, filters))
  if (!scope) {
    steps.push({
      name: 'EntryImportObjectReferences',
      provisioningStepType: 'referenceResolution',
      status: 'success',
      description: `Resolved the references of ${object}`,
      details: {},
    })
  }
  if (action !== 'other') {
    steps.push({
      name: `EntrySynchronization${VERB[action]}`,
      provisioningStepType: 'processing',
      status: 'success',
      description: `${object} is to be changed in ${target} (${VERB[action]})`,
      details: {},
    })
  }
  const isSkip = action === 'other' && !error
  steps.push({
    name: isSkip ? 'EntrySynchronizationSkip' : `EntryExport${VERB[action]}`,
    provisioningStepType: 'export',
    status,
    description: error
      ? `${object} could not be written to ${target}: ${error.message}`
      : `${object} ${DONE[action]} in ${target}${skipReason ? ` (${skipReason})` : ''}`,
    details: exportDetails(record),
  })
  return steps
}

function scopingStep({ active, assigned, inScope, clauses }: ScopeFacts, object: string): ProvisioningStep {
  return {
    name: 'EntrySynchronizationScoping',
    provisioningStepType: 'scoping',
    status: active && inScope ? 'success' : 'skipped',
    description: `Determine if ${object} is in scope by evaluating against each scoping filter`,
    details: {
      'Active in the source system': capitalised(active),
      'Assigned to the application': capitalised(assigned),
      'User has the required role': capitalised(assigned),
      'Scoping filter evaluation passed': capitalised(inScope),
      ScopeEvaluationResult: JSON.stringify(clauses),
    },
  }
}

function matchingStep(record: LogRecord, object: string, target: string, filters: readonly string[]): ProvisioningStep {
  const found = record.targetId !== null && record.action !== 'create'
  return {
    name: 'EntryImport',
    provisioningStepType: 'matching',
    status: record.error?.code === 'DuplicateTargetEntries' ? 'failure' : 'success',
    description: found ? `${object} was found in ${target}` : `No object matching ${object} was found in ${target}`,
    details: { Filter: filters.join(' | ') },
  }
}

function exportDetails({ skipReason, error, retry }: LogRecord): Record<string, string> {
  return {
    ...(skipReason ? { SkipReason: skipReason } : {}),
    ...(error ? { ErrorCode: error.code } : {}),
    ...(retry ? { RetryCount: String(retry.attempts), NextRetry: retry.at } : {}),
  }
}

const capitalised = (value: boolean): string => (value ? 'True' : 'False')
