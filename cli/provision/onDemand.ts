/** Provisioning of single objects at once, `provisionOnDemand` (graph-api.md 3.8). */
import type { Graph } from '../../provider/graph/client.ts'
import { jobPath } from '../../provider/resources/provisioningJob/job.ts'
import { fixOf } from '../../sync/advice.ts'
import { changesOf, type LogEvent, type RawChange, type RawStep, stepOf } from '../logs/events.ts'

export interface Subject {
  objectId: string
  objectTypeName: 'User' | 'Group'
  /** Of a group: up to five of its members. */
  members?: string[]
}

export interface OnDemandResult {
  /** `create`, `update`, `other` and so on. */
  action: string
  /** `success`, `skipped`, `failure` */
  status: string
  reason: { code: string; text: string; fix: string } | null
  target: string
  steps: LogEvent['steps']
  changes: LogEvent['changes']
}

interface Rule {
  id: string
  objectMappings?: { sourceObjectName?: string; enabled?: boolean }[]
}

/** @throws when the job has no rule for such objects */
export async function ruleFor(graph: Graph, servicePrincipalId: string, jobId: string, type: string): Promise<string> {
  const path = `${jobPath(servicePrincipalId, jobId)}/schema`
  const { synchronizationRules } = await graph.get<{ synchronizationRules: Rule[] }>(path)
  const found = synchronizationRules.find(({ objectMappings }) =>
    objectMappings?.some(
      ({ sourceObjectName, enabled }) => enabled !== false && sourceObjectName?.toLowerCase() === type.toLowerCase(),
    ),
  )
  if (!found) throw new Error(`the job provisions no objects of type ${type}`)
  return found.id
}

/** Not sent twice: what was asked for may have been done. */
export async function provisionOnDemand(
  graph: Graph,
  servicePrincipalId: string,
  jobId: string,
  ruleId: string,
  { members, ...subject }: Subject,
): Promise<OnDemandResult> {
  const links = members?.length
    ? { links: { members: members.map((objectId) => ({ objectId, objectTypeName: 'User' })) } }
    : {}
  const body = { parameters: [{ ruleId, subjects: [{ ...subject, ...links }] }] }
  const path = `${jobPath(servicePrincipalId, jobId)}/provisionOnDemand`
  return readReply(await graph.post<Reply>(path, body))
}

export interface Reply {
  key: string
  value: string
}

interface Inner {
  action?: string
  statusInfo?: { status?: string; errorCode?: string | null; reason?: string | null; recommendedAction?: string | null }
  targetIdentity?: { id?: string; displayName?: string } | null
  provisioningSteps?: (RawStep & { type?: string | null })[]
  modifiedProperties?: RawChange[]
}

/**
 * Both forms that are seen: `value` holds one object, or a list with one, as JSON text.
 * @throws when it is neither
 */
export function readReply({ value }: Reply): OnDemandResult {
  const parsed = JSON.parse(value) as Inner | Inner[]
  const inner = Array.isArray(parsed) ? parsed[0] : parsed
  if (!inner?.statusInfo) throw new Error(`the service gave no result, but: ${value.slice(0, 200)}`)
  const { status = '', errorCode, reason, recommendedAction } = inner.statusInfo
  return {
    action: (inner.action ?? 'other').toLowerCase(),
    status: status.toLowerCase(),
    reason: errorCode
      ? { code: errorCode, text: reason ?? '', fix: fixOf(errorCode) ?? recommendedAction ?? '' }
      : null,
    target: inner.targetIdentity?.id ?? '',
    steps: (inner.provisioningSteps ?? []).map((step) => stepOf(step, step.type)),
    changes: changesOf(inner.modifiedProperties),
  }
}
