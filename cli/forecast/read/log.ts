import type { Graph } from '../../../provider/graph/client.ts'
import { literal, query } from '../../../provider/graph/odata.ts'
import { type Link, type Links, linksOf } from '../decide/links.ts'

/** Graph's provisioningObjectSummary, as far as it tells who is managed. */
export interface LogEntry {
  provisioningAction: string
  provisioningStatusInfo: { status: string; errorInformation: { errorCode: string } | null }
  sourceIdentity: { id: string; displayName: string; identityType: string; details?: Record<string, unknown> | null }
  targetIdentity: { id: string }
  modifiedProperties?: { displayName: string; oldValue: string | null; newValue: string | null }[]
  provisioningSteps?: { provisioningStepType: string; details?: Record<string, unknown> | null }[]
}

/** Values that the log does not show. */
const HIDDEN = '[Redact]'

/**
 * Replays the provisioning log of a job: who is managed, and what was written to them last. It reaches back 30 days.
 * @param managed how many objects the job says it manages, at least
 */
export async function readLinks(graph: Graph, jobId: string, managed: number): Promise<Links> {
  const links = new Map<string, Link>()
  const failing = new Set<string>()
  const seen = new Set<string>()
  const options = { $filter: `jobId eq ${literal(jobId)}`, $orderby: 'activityDateTime asc', $top: 999 }
  for await (const entry of graph.list<LogEntry>(`/auditLogs/provisioning${query(options)}`)) {
    replay(links, failing, entry)
    if (links.has(entry.sourceIdentity.id)) seen.add(entry.sourceIdentity.id)
  }
  return linksOf(links, failing, seen.size >= managed)
}

/** @internal exported for tests */
export function replay(links: Map<string, Link>, failing: Set<string>, entry: LogEntry): void {
  const { id } = entry.sourceIdentity
  const { status, errorInformation } = entry.provisioningStatusInfo
  const before = links.get(id)
  if (status === 'failure') {
    failing.add(id)
    return
  }
  failing.delete(id)
  const targetId = entry.targetIdentity.id || before?.targetId
  switch (entry.provisioningAction) {
    case 'create':
    case 'update':
      if (targetId) links.set(id, { ...linkOf(entry, targetId, before), disabled: false, unmanaged: false })
      return
    case 'disable':
      if (targetId) links.set(id, { ...linkOf(entry, targetId, before), disabled: true, unmanaged: leftScope(entry) })
      return
    case 'delete':
      links.delete(id)
      return
    case 'other':
      // Gone from the directory, and left alone: nobody manages it from then on.
      if (errorInformation?.errorCode === 'DeleteNotAllowed' && !isActive(entry)) {
        links.delete(id)
        return
      }
      // Matched and found equal, or left alone for having left the scope.
      if (!targetId || errorInformation?.errorCode === 'NotEffectivelyEntitled') return
      links.set(id, {
        ...linkOf(entry, targetId, before),
        disabled: before?.disabled ?? false,
        unmanaged: isActive(entry) ? leftScope(entry) : (before?.unmanaged ?? false),
      })
      return
  }
}

function linkOf(entry: LogEntry, targetId: string, before: Link | undefined): Omit<Link, 'disabled' | 'unmanaged'> {
  const written = { ...before?.written }
  for (const { displayName, newValue } of entry.modifiedProperties ?? []) {
    if (newValue === null || newValue === HIDDEN) delete written[displayName]
    else if (displayName !== 'members') written[displayName] = newValue
  }
  const { displayName: name, identityType, details } = entry.sourceIdentity
  const login = details?.UserPrincipalName
  return {
    kind: identityType.toLowerCase() === 'group' ? 'group' : 'user',
    targetId,
    name,
    login: typeof login === 'string' ? login : null,
    written,
  }
}

/** By the scoping step: the object was there, and out of scope. */
const leftScope = (entry: LogEntry): boolean =>
  scoping(entry, 'Scoping filter evaluation passed') === 'false' && isActive(entry)

const isActive = (entry: LogEntry): boolean => scoping(entry, 'Active in the source system') !== 'false'

function scoping({ provisioningSteps = [] }: LogEntry, name: string): string {
  const step = provisioningSteps.find(({ provisioningStepType: type }) => type.toLowerCase() === 'scoping')
  return String(step?.details?.[name] ?? '').toLowerCase()
}
