import { Parameters } from '../filter/sql/parameters.ts'
import type { Queryable } from './database.ts'
import { patternOf } from './search.ts'

/** What was written, by whom: one row a write, made in its transaction. */
export interface AuditEntry {
  seq: number
  at: Date
  actor: string
  action: string
  subject: string
  subjectId: string | null
  changed: string
}

/** Who changes something, in which tenant. */
export interface Author {
  tenant: number
  actor: string
}

/** Notes what an administrator does, in the same transaction. */
export async function recordChange(
  transaction: Queryable,
  { tenant, actor }: Author,
  entry: Pick<AuditEntry, 'action' | 'subject'> & Partial<Pick<AuditEntry, 'subjectId' | 'changed'>>,
): Promise<void> {
  const { action, subject, subjectId, changed = '' } = entry
  await transaction.query(
    'INSERT INTO audit (tenant, actor, action, subject, subject_id, changed) VALUES ($1, $2, $3, $4, $5, $6)',
    [tenant, actor, action, subject, subjectId, changed],
  )
}

/** All conditions that are given hold. */
export interface AuditQuery {
  /** Part of the name of who wrote. */
  actor?: string
  /** How the action begins: `user`, `user created`. */
  action?: string
  /** Part of the subject's name. */
  subject?: string
  subjectId?: string
  /** The first moment that counts, and the first that no longer does. */
  since?: Date
  until?: Date
  /** Entries older than this one. */
  before?: number
  limit: number
}

/** The newest first. */
export async function readAudit(database: Queryable, tenant: number, query: AuditQuery): Promise<AuditEntry[]> {
  const parameters = new Parameters()
  const conditions = [`tenant = ${parameters.bind(tenant)}`]
  const require = (condition: (value: string) => string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') conditions.push(condition(parameters.bind(value)))
  }
  require((pattern) => `fold_text(actor) LIKE ${pattern}`, patternOf(query.actor ?? ''))
  require((action) => `starts_with(action, ${action})`, query.action?.trim().toLowerCase())
  require((pattern) => `fold_text(subject) LIKE ${pattern}`, patternOf(query.subject ?? ''))
  require((id) => `subject_id = ${id}`, query.subjectId)
  require((since) => `at >= ${since}`, query.since?.toISOString())
  require((until) => `at < ${until}`, query.until?.toISOString())
  require((seq) => `seq < ${seq}`, query.before)
  return await database.query<AuditEntry>(
    `SELECT seq, at, actor, action, subject, subject_id AS "subjectId", changed FROM audit
     WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT ${parameters.bind(query.limit)}`,
    parameters.values,
  )
}

/** How far back `recentActions` looks. */
const recently = 2_000

/** What has been done of late, as suggestions: reading all of a long audit trail would take seconds. */
export async function recentActions(database: Queryable, tenant: number): Promise<string[]> {
  const rows = await database.query<{ action: string }>(
    `SELECT DISTINCT action FROM (SELECT action FROM audit WHERE tenant = $1 ORDER BY seq DESC LIMIT ${recently}) a ORDER BY action`,
    [tenant],
  )
  return rows.map(({ action }) => action)
}
