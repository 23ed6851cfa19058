import type { LogRecord } from '../../tenant/model.ts'
import { html, type Markup } from '../html.ts'
import { sliceOf } from '../paging.ts'
import { count, empty, moment, searchField, selectField, state, table } from '../parts.ts'
import { logOf } from '../status.ts'
import { type JobVisit, jobAddress, type Page } from '../visit.ts'

const ACTIONS: [string, string][] = [
  ['', 'All'],
  ['create', 'Create'],
  ['update', 'Update'],
  ['disable', 'Disable'],
  ['delete', 'Delete'],
  ['stagedDelete', 'Staged delete'],
  ['other', 'Other'],
]

const STATUSES: [string, string][] = [
  ['', 'All'],
  ['success', 'Success'],
  ['failure', 'Failure'],
  ['skipped', 'Skipped'],
]

export function logPage(visit: JobVisit): Page {
  const { fields } = visit
  const all = logOf(visit.parts.tenant, visit.job.id)
  const found = all.filter(wanted(fields))
  const { items, pager } = sliceOf(found, jobAddress(visit, 'log'), fields)
  const rows = items.map((record) => [
    html`<a href="${jobAddress(visit, `log/${record.id}`)}">${record.displayName || record.objectId}</a>`,
    moment(record.activityDateTime),
    record.mapping.sourceObjectName,
    state(record.action),
    state(record.status),
    reasonOf(record),
  ])
  return {
    title: 'Provisioning log',
    body: html`${form(fields)}
<p class="faint">${count(found.length, 'entry', 'entries')}${found.length < all.length && ` of ${all.length.toLocaleString('en')}`}</p>
${rows.length > 0 ? table('Entries, the newest first', ['Identity', 'Date (UTC)', 'Object', 'Action', 'Status', 'Reason'], rows) : nothing(visit, all.length)}
${pager}`,
  }
}

const reasonOf = ({ error, skipReason }: LogRecord): string => (error ? error.code : (skipReason ?? ''))

const form = (fields: URLSearchParams): Markup => html`<form method="get" class="search" role="search">
${searchField(fields.get('search'), 'Name, user principal name or id')}
${selectField('action', 'Action', ACTIONS, fields.get('action') ?? '')}
${selectField('status', 'Status', STATUSES, fields.get('status') ?? '')}
<div><label for="since">From</label><input id="since" name="since" type="date" value="${fields.get('since')}"></div>
<div><label for="until">To</label><input id="until" name="until" type="date" value="${fields.get('until')}"></div>
<button>Show</button>
</form>`

const nothing = (visit: JobVisit, all: number): Markup =>
  all === 0
    ? empty('Nothing was provisioned yet.')
    : empty(html`No entry matches. <a href="${jobAddress(visit, 'log')}">Show all</a>`)

/** Days are those of UTC, both ends included. */
function wanted(fields: URLSearchParams): (record: LogRecord) => boolean {
  const [action, status, since, until] = ['action', 'status', 'since', 'until'].map((name) => fields.get(name) || null)
  const search = (fields.get('search') ?? '').trim().toLowerCase()
  return (record) =>
    (!action || record.action === action) &&
    (!status || record.status === status) &&
    (!since || record.activityDateTime.slice(0, 10) >= since) &&
    (!until || record.activityDateTime.slice(0, 10) <= until) &&
    (search === '' || identities(record).some((text) => text?.toLowerCase().includes(search)))
}

const identities = ({ displayName, userPrincipalName, objectId, targetId, cycleId }: LogRecord) => [
  displayName,
  userPrincipalName,
  objectId,
  targetId,
  cycleId,
]
