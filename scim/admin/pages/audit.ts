import { type AuditQuery, readAudit, recentActions } from '../../storage/audit.ts'
import { type Html, html } from '../html.ts'
import { pageSize } from '../paging.ts'
import { address, type Page, type Route, type Visit } from '../visit.ts'
import { auditTable } from './audit-table.ts'

export const auditPages: Route[] = [{ method: 'GET', path: '/audit', handle: audit }]

/** Paged by the entries themselves, so that a page stays the same while new ones are written. */
async function audit({ context, tenant, fields }: Visit): Promise<Page> {
  const [entries, actions] = await Promise.all([
    readAudit(context.database, tenant.id, { ...auditQuery(fields), limit: pageSize + 1 }),
    recentActions(context.database, tenant.id),
  ])
  const shown = entries.slice(0, pageSize)
  const to = (before?: number): string => address(tenant, '/audit', { ...filters(fields), before })
  const older = entries.length > pageSize && html`<a href="${to(shown.at(-1)!.seq)}" rel="next">Older</a>`
  const newest = fields.before && html`<a href="${to()}" rel="first">Newest</a>`
  return {
    title: 'Audit',
    body: html`${form(fields, actions)}
${shown.length > 0 ? auditTable(tenant, 'Writes, the newest first', shown) : nothing(fields, to())}
${(older || newest) && html`<nav class="pager" aria-label="Pages">${newest}${older}</nav>`}`,
  }
}

const filters = ({ action, subject, from, to }: Record<string, string>): Record<string, string | undefined> => ({
  action,
  subject,
  from,
  to,
})

/** Days are those of UTC, both ends included; what is not a day does not count. */
export function auditQuery(fields: Record<string, string>): Omit<AuditQuery, 'limit'> {
  const before = Number(fields.before)
  return {
    action: fields.action,
    subject: fields.subject,
    from: startOf(fields.from),
    until: startOf(fields.to, 1),
    before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
  }
}

function startOf(day: string | undefined, later = 0): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day ?? '')) return undefined
  const time = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(time) ? undefined : new Date(time + later * 24 * 60 * 60 * 1000)
}

const form = (
  fields: Record<string, string>,
  actions: string[],
): Html => html`<form method="get" class="search" role="search">
<div><label for="action">Action begins with</label><input id="action" name="action" list="actions" value="${fields.action}" placeholder="user created">
<datalist id="actions">${actions.map((action) => html`<option value="${action}"></option>`)}</datalist></div>
<div class="grow"><label for="subject">Subject</label><input id="subject" name="subject" type="search" value="${fields.subject}" placeholder="Part of a name"></div>
<div><label for="from">From</label><input id="from" name="from" type="date" value="${fields.from}"></div>
<div><label for="to">To</label><input id="to" name="to" type="date" value="${fields.to}"></div>
<button>Show</button>
</form>`

const nothing = (fields: Record<string, string>, newest: string): Html =>
  Object.values({ ...filters(fields), before: fields.before }).some(Boolean)
    ? html`<div class="empty"><p>No write matches. Shorten the name, widen the dates, or <a href="${newest.split('?')[0]}">show all</a>.</p></div>`
    : html`<div class="empty"><p>Nothing has been written yet. Every write of an identity provider will be listed here, with who made it.</p></div>`
