import type { AuditEntry } from '../../storage/audit.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type Html, html, type Part } from '../html.ts'
import { moment, table } from '../parts.ts'
import { address } from '../visit.ts'

export function auditTable(tenant: Tenant, caption: string, entries: AuditEntry[]): Html {
  const rows = entries.map((entry): Part[] => [moment(entry.at), action(entry), subject(tenant, entry), entry.actor])
  return table(caption, ['When (UTC)', 'Action', 'Subject', 'By'], rows)
}

/** Of one resource, which the page is about. */
export function ownAuditTable(caption: string, entries: AuditEntry[]): Html {
  const rows = entries.map((entry): Part[] => [moment(entry.at), action(entry), entry.actor])
  return table(caption, ['When (UTC)', 'Action', 'By'], rows)
}

const action = ({ action, changed }: AuditEntry): Html => html`${action}${changed && html` <small>${changed}</small>`}`

/** Linked to the page of what was written; what was deleted since has none, and its page says so. */
function subject(tenant: Tenant, { action, subject, subjectId }: AuditEntry): Part {
  const section = sections.find(([begins]) => action.startsWith(begins))?.[1] ?? 'users'
  const gone = subjectId === null || action.endsWith('deleted')
  return gone ? subject : html`<a href="${address(tenant, `/${section}/${subjectId}`)}">${subject}</a>`
}

/** Whose pages a subject is on, by how the action begins. */
const sections = [
  ['group', 'groups'],
  ['configuration', 'configurations'],
  ['default licence', 'configurations'],
  ['secret', 'configurations'],
] as const
