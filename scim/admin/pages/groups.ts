import { type GroupSummary, type Part as Range, searchGroups } from '../../storage/search-groups.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type Html, html, type Part } from '../html.ts'
import { pageOf, pager, total } from '../paging.ts'
import { searchField, table } from '../parts.ts'
import { address, type Page, type Route, type Visit } from '../visit.ts'
import { group, groupLicence, setLicence } from './group.ts'

export const groupPages: Route[] = [
  { method: 'GET', path: '/groups', handle: groups },
  { method: 'GET', path: '/groups/:group', handle: group },
  { method: 'POST', path: '/groups/:group/licence', handle: setLicence },
]

async function groups({ context, tenant, fields }: Visit): Promise<Page> {
  const range: Range = { search: fields.search ?? '', ...pageOf(fields) }
  const found = await searchGroups(context.database, tenant.id, range)
  return {
    title: 'Groups',
    body: html`<form method="get" class="search" role="search">${searchField(range.search, 'Name')}<button>Show</button></form>
${total(found.total, 'group')}
${found.groups.length > 0 ? groupsTable(tenant, found.groups) : range.search ? noMatch(tenant) : none}
${pager(range.offset, found.total, (page) => address(tenant, '/groups', { search: range.search, page }))}`,
  }
}

function groupsTable(tenant: Tenant, groups: GroupSummary[]): Html {
  const rows = groups.map((group): Part[] => [
    html`<a href="${address(tenant, `/groups/${group.id}`)}">${group.displayName}</a>`,
    group.members.toLocaleString('en'),
    groupLicence(group.licence),
  ])
  return table('Groups', ['Name', 'Members', 'Licence type'], rows)
}

const noMatch = (tenant: Tenant): Html => html`<div class="empty"><p>No group matches. Shorten the search or
<a href="${address(tenant, '/groups')}">show all groups</a>.</p></div>`

const none = html`<div class="empty"><p>No group has been provisioned yet.</p>
<p>Assign a security group to the application in Entra ID. Its members come first, the group after them.</p></div>`
