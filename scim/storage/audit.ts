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

/** All conditions that are given hold. */
export interface AuditQuery {
  /** How the action begins: `user`, `user created`. */
  action?: string
  /** Part of the subject's name. */
  subject?: string
  subjectId?: string
  /** The first moment that counts, and the first that no longer does. */
  from?: Date
  until?: Date
  /** Entries older than this one. */
  before?: number
  limit: number
}

/** The newest first. */
export async function readAudit(database: Queryable, tenant: number, query: AuditQuery): Promise<AuditEntry[]> {
  const { action, subject, subjectId, from, until, before, limit } = query
  return await database.query<AuditEntry>(
    `SELECT seq, at, actor, action, subject, subject_id AS "subjectId", changed FROM audit WHERE tenant = $1
       AND ($2::text IS NULL OR starts_with(action, $2)) AND ($3::text IS NULL OR fold_text(subject) LIKE $3)
       AND ($4::uuid IS NULL OR subject_id = $4) AND ($5::timestamptz IS NULL OR at >= $5)
       AND ($6::timestamptz IS NULL OR at < $6) AND ($7::bigint IS NULL OR seq < $7)
     ORDER BY seq DESC LIMIT $8`,
    [tenant, action?.trim().toLowerCase() || null, patternOf(subject ?? ''), subjectId, from, until, before, limit],
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
