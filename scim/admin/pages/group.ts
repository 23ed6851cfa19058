import { readAudit } from '../../storage/audit.ts'
import { inspectGroup } from '../../storage/inspect.ts'
import { type MemberSummary, type Part as Range, searchMembers } from '../../storage/search-groups.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type Html, html, type Part } from '../html.ts'
import { pageOf, pager, total } from '../paging.ts'
import { searchField, table } from '../parts.ts'
import { address, type Page, type Visit } from '../visit.ts'
import { attributes } from './attributes.ts'
import { ownAuditTable } from './audit-table.ts'

const auditShown = 10

export async function group({ context, tenant, ids, fields }: Visit): Promise<Page | undefined> {
  const { database } = context
  const found = await inspectGroup(database, tenant.id, ids.group!)
  if (!found) return undefined
  const range: Range = { search: fields.search ?? '', ...pageOf(fields) }
  const [{ members, total: all }, writes] = await Promise.all([
    searchMembers(database, tenant.id, found.id, range),
    readAudit(database, tenant.id, { subjectId: found.id, limit: auditShown }),
  ])
  const path = `/groups/${found.id}`
  return {
    title: String(found.attributes.displayName),
    body: html`<h2>Members</h2>
<form method="get" class="search" role="search">${searchField(range.search, 'User name or name')}<button>Show</button></form>
${total(all, 'member')}
${members.length > 0 ? membersTable(tenant, members) : nobody(range.search !== '')}
${pager(range.offset, all, (page) => address(tenant, path, { search: range.search, page }))}
<section class="columns">
<div>${attributes(tenant.registry.Group, found)}</div>
<div><h2>Writes</h2>${ownAuditTable('Writes of this group, the newest first', writes)}</div>
</section>`,
  }
}

function membersTable(tenant: Tenant, members: MemberSummary[]): Html {
  const rows = members.map(({ id, kind, name, displayName }): Part[] => {
    const section = kind === 'Group' ? 'groups' : 'users'
    return [html`<a href="${address(tenant, `/${section}/${id}`)}">${name}</a>`, displayName, kind]
  })
  return table('Members', ['Name', 'Display name', 'Kind'], rows)
}

const nobody = (searched: boolean): Html =>
  html`<div class="empty"><p>${
    searched ? 'No member matches. Shorten the search.' : 'The group has no member that is provisioned.'
  }</p></div>`
