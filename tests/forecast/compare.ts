/** A forecast held to what the cycle then did, object by object. */
import type { Entry, Forecast, Kind } from '../../cli/forecast/model.ts'
import type { LogRecord } from '../../sandbox/tenant/model.ts'

/** What happened to one object: the action, and which attributes or which error. */
export interface Happened {
  kind: Kind
  action: string
  attributes: string[]
}

const isReference = (record: LogRecord): boolean => record.scope === undefined

/** By object id, as the log has it; references apart, which are written in a step of their own. */
export function happened(log: readonly LogRecord[]): Map<string, Happened> {
  const all = new Map<string, Happened>()
  for (const record of log) {
    if (isReference(record)) continue
    const { objectId, action, status, modified = [], error, skipReason, mapping } = record
    const what = status === 'failure' ? `failed ${error!.code}` : action === 'other' ? `skipped ${skipReason}` : action
    all.set(objectId, {
      kind: mapping.objectType,
      action: what,
      attributes: modified.map(({ displayName }) => displayName).sort(),
    })
  }
  return all
}

/** The same out of a forecast; undefined where the cycle has nothing to do, and may say so or not. */
export function foreseen(entry: Entry, references: ReadonlySet<string>): Happened | undefined {
  const { kind } = entry
  const attributes = (entry.changes ?? []).map(({ attribute }) => attribute).filter((name) => !references.has(name))
  attributes.sort()
  if (entry.held) return { kind, action: 'stagedDelete', attributes: [] }
  switch (entry.outcome) {
    case 'create':
      return { kind, action: 'create', attributes }
    case 'match':
    case 'update':
      return attributes.length > 0 || entry.restored ? { kind, action: 'update', attributes } : undefined
    case 'disable':
      return { kind, action: 'disable', attributes }
    case 'delete':
      return { kind, action: 'delete', attributes: [] }
    case 'refuse':
      return { kind, action: `failed ${entry.error}`, attributes: [] }
    default:
      return undefined
  }
}

/** What else may become of somebody of whom the log proves nothing: nothing, or what differs at the target is written. */
function isAllowed({ outcome, differs }: Entry, was: Happened | undefined, references: ReadonlySet<string>): boolean {
  if (outcome === 'refuse' || was === undefined || was.action.startsWith('skipped')) return true
  // Inactive at the target, whoever made it so.
  if (outcome === 'leaveOut') return was.action === 'disable'
  if (differs === 'gone') return was.action === 'failed InvalidAnchor'
  const attributes = (differs ?? []).map(({ attribute }) => attribute).filter((name) => !references.has(name))
  return was.action === 'update' && JSON.stringify(was.attributes) === JSON.stringify(attributes.sort())
}

/** References are written in a step of their own. */
const NOTHING_WRITTEN = ['RedundantExport', 'UpdateNotAllowed']

/** Why the service skips whom a forecast leaves out. */
const SKIPS: Record<string, string[]> = {
  notAssigned: ['NotEffectivelyEntitled'],
  nestedOnly: ['NotEffectivelyEntitled'],
  groupNotSecurityEnabled: ['NotEffectivelyEntitled'],
  scopingFilter: ['NotEffectivelyEntitled'],
  disabled: ['NotActiveInSource'],
  softDeleted: ['NotActiveInSource', 'NotEffectivelyEntitled'],
  noMatchingValue: ['ImportSkipped'],
  createOff: ['AddNotAllowed'],
  updateOff: ['UpdateNotAllowed'],
  deleteOff: ['DeleteNotAllowed'],
  softDeleteNotMapped: ['SoftDeleteNotMapped'],
  alreadyDisabled: ['AlreadyDisabled'],
  noLongerManaged: ['NoLongerManaged'],
}

/**
 * One line for each object of which the forecast and the cycle differ.
 * @param apart objects that are not compared
 */
export function differing(
  forecast: Forecast,
  log: readonly LogRecord[],
  references: ReadonlySet<string>,
  apart: ReadonlySet<string> = new Set(),
): string[] {
  const actual = happened(log)
  const lines: string[] = []
  const entries = new Map(forecast.entries.map((entry) => [entry.id, entry]))
  for (const entry of entries.values()) {
    if (apart.has(entry.id)) continue
    const expected = foreseen(entry, references)
    const was = actual.get(entry.id)
    if (entry.unproven && isAllowed(entry, was, references)) continue
    const shown = `${entry.id}: forecast ${entry.outcome} ${entry.reason ?? entry.error ?? ''} ${JSON.stringify(expected)}, was ${JSON.stringify(was)}`
    if (expected) {
      if (JSON.stringify(expected) !== JSON.stringify(was)) lines.push(shown)
    } else if (was) {
      const reasons = entry.outcome === 'leaveOut' ? (SKIPS[entry.reason!] ?? []) : NOTHING_WRITTEN
      if (!reasons.some((reason) => was.action === `skipped ${reason}`)) lines.push(shown)
    }
  }
  for (const [id, was] of actual) {
    // Of those in deleted items a forecast names only whom the job manages.
    if (!entries.has(id) && !apart.has(id) && !was.action.startsWith('skipped'))
      lines.push(`${id}: no forecast, was ${JSON.stringify(was)}`)
  }
  return lines
}
