/** The provisioning log of one application, `auditLogs/provisioning` (graph-api.md 6). */
import type { Graph } from '../../provider/graph/client.ts'
import { literal, query } from '../../provider/graph/odata.ts'
import { fixOf } from '../../sync/advice.ts'

export type Outcome = 'success' | 'failure' | 'skipped' | 'warning' | 'unknown'

export interface LogEvent {
  id: string
  /** ISO 8601 */
  at: string
  cycleId: string
  /** `create`, `update`, `disable`, `delete`, `stageddelete`, `other`, or what else the service says. */
  action: string
  outcome: Outcome
  /** What was provisioned. */
  source: { id: string; name: string; type: string }
  targetId: string
  /** Why it failed, was skipped or is warned about. */
  reason: { code: string; text: string; fix: string } | null
  changes: { attribute: string; before: string | null; after: string | null }[]
  steps: { name: string; type: string; status: string; description: string; details: Record<string, unknown> }[]
  milliseconds: number
}

export interface LogQuery {
  servicePrincipalId: string
  /** Milliseconds since the epoch. */
  since: number
  /** Object id of the user or group. */
  objectId?: string | undefined
  failed?: boolean
}

/** The greatest page that Graph gives. */
const PAGE = 1000

/** All, newest first. */
export async function allEvents(graph: Graph, wanted: LogQuery): Promise<LogEvent[]> {
  return (await graph.collect<Raw>(logPath(wanted))).map(eventOf)
}

/** The newest page in one request; `complete` is false where there are older ones. */
export async function newestEvents(graph: Graph, wanted: LogQuery): Promise<{ events: LogEvent[]; complete: boolean }> {
  const page = await graph.get<{ value: Raw[]; '@odata.nextLink'?: string }>(logPath(wanted))
  return { events: page.value.map(eventOf), complete: page['@odata.nextLink'] === undefined }
}

function logPath({ servicePrincipalId, since, objectId, failed }: LogQuery): string {
  const filters = [
    `servicePrincipal/id eq ${literal(servicePrincipalId)}`,
    `activityDateTime ge ${new Date(since).toISOString()}`,
    ...(objectId ? [`sourceIdentity/id eq ${literal(objectId)}`] : []),
    ...(failed ? ["provisioningStatusInfo/status eq 'failure'"] : []),
  ]
  return `/auditLogs/provisioning${query({ $filter: filters.join(' and '), $orderby: 'activityDateTime desc', $top: PAGE })}`
}

interface Raw {
  id: string
  activityDateTime: string
  cycleId?: string | null
  provisioningAction?: string | null
  durationInMilliseconds?: number | null
  provisioningStatusInfo?: {
    status?: string | null
    errorInformation?: {
      errorCode?: string | null
      reason?: string | null
      additionalDetails?: string | null
      recommendedAction?: string | null
    } | null
  } | null
  sourceIdentity?: Identity | null
  targetIdentity?: Identity | null
  modifiedProperties?: RawChange[] | null
  provisioningSteps?: (RawStep & { provisioningStepType?: string | null })[] | null
}

export interface RawChange {
  displayName?: string | null
  oldValue?: string | null
  newValue?: string | null
}

export interface RawStep {
  name?: string | null
  status?: string | null
  description?: string | null
  details?: Record<string, unknown> | null
}

interface Identity {
  id?: string | null
  displayName?: string | null
  identityType?: string | null
  details?: Record<string, unknown> | null
}

const OUTCOMES: readonly string[] = ['success', 'failure', 'skipped', 'warning']

/** Samples differ in the case of enumerations. */
function eventOf(raw: Raw): LogEvent {
  const { status, errorInformation: error } = raw.provisioningStatusInfo ?? {}
  const outcome = (status ?? '').toLowerCase()
  const { sourceIdentity: source } = raw
  return {
    id: raw.id,
    at: raw.activityDateTime,
    cycleId: raw.cycleId ?? '',
    action: (raw.provisioningAction ?? 'other').toLowerCase(),
    outcome: (OUTCOMES.includes(outcome) ? outcome : 'unknown') as Outcome,
    source: {
      id: source?.id ?? '',
      name: String(source?.details?.UserPrincipalName || source?.displayName || source?.id || ''),
      type: (source?.identityType ?? '').toLowerCase(),
    },
    targetId: raw.targetIdentity?.id ?? '',
    reason: error?.errorCode
      ? {
          code: error.errorCode,
          text: [error.reason, error.additionalDetails].filter(Boolean).join(' '),
          fix: fixOf(error.errorCode) ?? error.recommendedAction ?? '',
        }
      : null,
    changes: changesOf(raw.modifiedProperties),
    steps: (raw.provisioningSteps ?? []).map((step) => stepOf(step, step.provisioningStepType)),
    milliseconds: raw.durationInMilliseconds ?? 0,
  }
}

export function changesOf(properties: RawChange[] | null | undefined): LogEvent['changes'] {
  return (properties ?? []).map(({ displayName, oldValue, newValue }) => ({
    attribute: displayName ?? '',
    before: oldValue ?? null,
    after: newValue ?? null,
  }))
}

/** The log and a reply on demand name the type of a step differently. */
export function stepOf(step: RawStep, type: string | null | undefined): LogEvent['steps'][number] {
  return {
    name: step.name ?? '',
    type: (type ?? '').toLowerCase(),
    status: (step.status ?? '').toLowerCase(),
    description: step.description ?? '',
    details: step.details ?? {},
  }
}
