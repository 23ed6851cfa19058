import type { ProvisioningStep } from '../log/steps.ts'
import type { Identity, ObjectSummary, System } from '../log/summary.ts'
import type { Switches } from '../switches.ts'

/** Graph's stringKeyStringValuePair; both are JSON as text. */
export interface OnDemandReply {
  key: string
  value: string
}

const STATUS_TYPE = 'Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo'

/** What the scoping step is told under in place of the provisioning log's words. */
const SCOPING_DETAIL: Readonly<Record<string, string>> = {
  'Active in the source system': 'IsActive',
  'Assigned to the application': 'Assigned',
  'User has the required role': 'IsEffectivelyEntitledForProvisioning',
  'Scoping filter evaluation passed': 'IsInProvisioningScopeDisplayName',
}

interface Result {
  statusInfo: { status: string; errorCode?: string | null; reason?: string | null }
}

/**
 * Both forms of the answer: the documented one, an object under its result, and the one seen, an array under the name
 * of a type. Source: Microsoft Graph, synchronizationJob: provisionOnDemand, and Microsoft Learn, "Configure
 * cross-tenant synchronization", example of on-demand provisioning.
 */
export function onDemandReply(results: readonly Result[], form: Switches['onDemandReply']): OnDemandReply {
  if (form === 'array') return { key: STATUS_TYPE, value: JSON.stringify(results) }
  const [result] = results
  const { status, errorCode, reason } = result!.statusInfo
  const details = errorCode ? { errorCode, errorMessage: reason } : {}
  return { key: JSON.stringify({ result: status, details }), value: JSON.stringify(result) }
}

/** The log entries of one subject as one result: what was done to it, then to its references. */
export function resultOf(entries: readonly ObjectSummary[]): Result & Record<string, unknown> {
  const decisive =
    entries.find((entry) => entry.provisioningStatusInfo.status === 'failure') ??
    entries.find((entry) => entry.provisioningStatusInfo.status === 'success') ??
    entries[0]!
  const [first] = entries
  const last = entries.at(-1)!
  const { status, errorInformation } = decisive.provisioningStatusInfo
  return {
    action: capitalised(decisive.provisioningAction),
    changeId: decisive.changeId,
    startTime: first!.activityDateTime,
    endTime: last.activityDateTime,
    reportableIdentifier: first!.sourceIdentity.displayName,
    modifiedProperties: entries.flatMap((entry) => entry.modifiedProperties),
    provisioningSteps: entries.flatMap((entry) => entry.provisioningSteps.map((step) => shownStep(step, entry))),
    statusInfo: { status: capitalised(status), ...errorInformation },
    sourceIdentity: identity(decisive.sourceIdentity),
    targetIdentity: identity(decisive.targetIdentity),
    sourceSystem: system(decisive.sourceSystem),
    targetSystem: system(decisive.targetSystem),
  }
}

/** The test of the connection, which is told only when it fails. */
export function failedConnection(
  { code, message }: { code: string; message: string },
  now: string,
): Result & Record<string, unknown> {
  return {
    action: 'Other',
    changeId: crypto.randomUUID(),
    startTime: now,
    endTime: now,
    modifiedProperties: [],
    provisioningSteps: [
      { name: 'TestConnection', type: 'Import', status: 'Failure', description: message, timestamp: now, details: {} },
    ],
    statusInfo: { status: 'Failure', errorCode: code, reason: message },
  }
}

function shownStep(step: ProvisioningStep, entry: ObjectSummary) {
  const { name, provisioningStepType, status, description, details } = step
  return {
    name,
    type: capitalised(provisioningStepType),
    status: capitalised(status),
    description,
    timestamp: entry.activityDateTime,
    details: Object.fromEntries(Object.entries(details).map(([key, value]) => [SCOPING_DETAIL[key] ?? key, value])),
  }
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

const identity = ({ identityType, ...rest }: Identity) => ({ ...rest, type: identityType })

const system = ({ displayName, ...rest }: System) => ({ ...rest, name: displayName })
