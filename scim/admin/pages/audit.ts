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
${shown.length > 0 ? auditTable(tenant, 'Writes, the newest first', shown) : nothing(fields, address(tenant, '/audit'))}
${(older || newest) && html`<nav class="pager" aria-label="Pages">${newest}${older}</nav>`}`,
  }
}

const filters = ({ action, subject, since, until }: Record<string, string>): Record<string, string | undefined> => ({
  action,
  subject,
  since,
  until,
})

/** Days are those of UTC, both ends included; what is not a day does not count. */
function auditQuery(fields: Record<string, string>): Omit<AuditQuery, 'limit'> {
  const before = Number(fields.before)
  return {
    action: fields.action,
    subject: fields.subject,
    since: startOf(fields.since),
    until: startOf(fields.until, 1),
    before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
  }
}

function startOf(day: string | undefined, later = 0): Date | undefined {
  if (!/^[12]\d{3}-\d{2}-\d{2}$/.test(day ?? '')) return undefined
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
<div><label for="since">From</label><input id="since" name="since" type="date" value="${fields.since}"></div>
<div><label for="until">To</label><input id="until" name="until" type="date" value="${fields.until}"></div>
<button>Show</button>
</form>`

const nothing = (fields: Record<string, string>, all: string): Html =>
  Object.values({ ...filters(fields), before: fields.before }).some(Boolean)
    ? html`<div class="empty"><p>No write matches. Shorten the name, widen the dates, or <a href="${all}">show all</a>.</p></div>`
    : html`<div class="empty"><p>Nothing has been written yet. Every write of an identity provider will be listed here, with who made it.</p></div>`
