import type { Graph } from '../../../provider/graph/client.ts'
import { literal, query } from '../../../provider/graph/odata.ts'
import { type Link, type Links, linksOf } from '../decide/links.ts'

/** Graph's provisioningObjectSummary, as far as it tells who is managed. */
export interface LogEntry {
  activityDateTime: string
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
 * @param managed how many objects the job says it managed at most, for that count goes down only with the links
 * @param settled when the job had first provisioned everybody, ISO 8601; undefined where it never had
 */
export async function readLinks(
  graph: Graph,
  jobId: string,
  { managed, settled }: { managed: number; settled: string | undefined },
): Promise<Links> {
  const links = new Map<string, Link>()
  const failing = new Set<string>()
  const seen = new Set<string>()
  let begins: string | undefined
  const options = { $filter: `jobId eq ${literal(jobId)}`, $orderby: 'activityDateTime asc', $top: 999 }
  for await (const entry of inOrder(graph.list<LogEntry>(`/auditLogs/provisioning${query(options)}`))) {
    begins ??= entry.activityDateTime
    replay(links, failing, entry)
    if (links.has(entry.sourceIdentity.id)) seen.add(entry.sourceIdentity.id)
  }
  // Who came lately may be as many as those of whom the log tells no more.
  const isFromStart = settled === undefined || begins === undefined || Date.parse(begins) <= Date.parse(settled)
  return linksOf(links, failing, links.size >= managed || (isFromStart && seen.size >= managed))
}

/** Of one moment, who is created comes before what refers to it: the log sorts by time alone. */
async function* inOrder(entries: AsyncIterable<LogEntry>): AsyncGenerator<LogEntry> {
  let moment: LogEntry[] = []
  const rank = ({ provisioningAction }: LogEntry) => (provisioningAction === 'create' ? 0 : 1)
  for await (const entry of entries) {
    if (moment.length > 0 && moment[0]!.activityDateTime !== entry.activityDateTime) {
      yield* moment.sort((a, b) => rank(a) - rank(b))
      moment = []
    }
    moment.push(entry)
  }
  yield* moment.sort((a, b) => rank(a) - rank(b))
}

function replay(links: Map<string, Link>, failing: Set<string>, entry: LogEntry): void {
  const { id } = entry.sourceIdentity
  const { status, errorInformation } = entry.provisioningStatusInfo
  const before = links.get(id)
  if (status === 'failure') {
    failing.add(id)
    // What failed towards an object of the target is managed.
    const { id: known } = entry.targetIdentity
    if (known && !before) links.set(id, { ...linkOf(entry, known, before), disabled: false, unmanaged: false })
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
        disabled: before?.disabled ?? errorInformation?.errorCode === 'AlreadyDisabled',
        unmanaged: isActive(entry) ? leftScope(entry) : (before?.unmanaged ?? false),
      })
      return
  }
}

function linkOf(entry: LogEntry, targetId: string, before: Link | undefined): Omit<Link, 'disabled' | 'unmanaged'> {
  const isNew = entry.provisioningAction === 'create'
  const known = isNew ? undefined : before
  const written = { ...known?.written }
  let members = known?.members
  for (const { displayName, oldValue, newValue } of entry.modifiedProperties ?? []) {
    if (displayName === 'members') {
      // Replayed in order, so that one map serves: a group may have many members, and as many entries.
      members ??= new Map()
      members.set(newValue ?? oldValue ?? '', newValue !== null)
    } else if (newValue === null) delete written[displayName]
    else written[displayName] = newValue === HIDDEN ? null : newValue
  }
  const { displayName: name, identityType, details } = entry.sourceIdentity
  const login = details?.UserPrincipalName
  return {
    kind: identityType.toLowerCase() === 'group' ? 'group' : 'user',
    targetId,
    name,
    login: typeof login === 'string' ? login : null,
    written,
    ...(members ? { members } : {}),
    whole: isNew || before?.whole === true,
    ...sinceOf(entry, known),
  }
}

/** Who had left the scope is managed anew. */
function sinceOf({ provisioningAction, activityDateTime }: LogEntry, before: Link | undefined): Pick<Link, 'since'> {
  const isBack = before?.unmanaged === true && provisioningAction === 'update'
  if (provisioningAction === 'create' || isBack) return { since: activityDateTime }
  return before?.since === undefined ? {} : { since: before.since }
}

/** By the scoping step: the object was there, and out of scope. */
const leftScope = (entry: LogEntry): boolean =>
  scoping(entry, 'Scoping filter evaluation passed') === 'false' && isActive(entry)

const isActive = (entry: LogEntry): boolean => scoping(entry, 'Active in the source system') !== 'false'

function scoping({ provisioningSteps = [] }: LogEntry, name: string): string {
  const step = provisioningSteps.find(({ provisioningStepType: type }) => type.toLowerCase() === 'scoping')
  return String(step?.details?.[name] ?? '').toLowerCase()
}
