/** A forecast held to what the cycle then did, object by object. */
import type { Entry, Forecast } from '../../cli/forecast/model.ts'
import type { LogRecord } from '../../sandbox/tenant/model.ts'

/** What happened to one object: the action, and which attributes or which error. */
export interface Happened {
  action: string
  attributes: string[]
}

const isReference = (record: LogRecord): boolean => record.scope === undefined

/** By object id, as the log has it; references apart, which are written in a step of their own. */
export function happened(log: readonly LogRecord[]): Map<string, Happened> {
  const all = new Map<string, Happened>()
  for (const record of log) {
    if (isReference(record)) continue
    const { objectId, action, status, modified = [], error, skipReason } = record
    const what = status === 'failure' ? `failed ${error!.code}` : action === 'other' ? `skipped ${skipReason}` : action
    all.set(objectId, { action: what, attributes: modified.map(({ displayName }) => displayName).sort() })
  }
  return all
}

/** The same out of a forecast; undefined where the cycle has nothing to do, and may say so or not. */
export function foreseen(entry: Entry, references: ReadonlySet<string>): Happened | undefined {
  const attributes = (entry.changes ?? []).map(({ attribute }) => attribute).filter((name) => !references.has(name))
  attributes.sort()
  if (entry.held) return { action: 'stagedDelete', attributes: [] }
  switch (entry.outcome) {
    case 'create':
      return { action: 'create', attributes }
    case 'match':
    case 'update':
      return attributes.length > 0 || entry.restored ? { action: 'update', attributes } : undefined
    case 'disable':
      return { action: 'disable', attributes }
    case 'delete':
      return { action: 'delete', attributes: [] }
    case 'refuse':
      return { action: `failed ${entry.error}`, attributes: [] }
    default:
      return undefined
  }
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
    if (!entries.has(id) && !was.action.startsWith('skipped'))
      lines.push(`${id}: no forecast, was ${JSON.stringify(was)}`)
  }
  return lines
}
