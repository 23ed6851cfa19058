import { readAudit } from '../../storage/audit.ts'
import { type GroupView, inspectGroup } from '../../storage/inspect.ts'
import { setGroupLicence } from '../../storage/licences.ts'
import { type MemberSummary, type Part as Range, searchMembers } from '../../storage/search-groups.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { type PoolType, poolTypes } from '../../tenant/licence-types.ts'
import { type Html, html, type Part } from '../html.ts'
import { formToken } from '../layout.ts'
import { pageOf, pager, total } from '../paging.ts'
import { licenceNames, searchField, selectField, table } from '../parts.ts'
import { address, authorOf, choice, type Page, type Redirect, type Visit } from '../visit.ts'
import { attributes } from './attributes.ts'
import { ownAuditTable } from './audit-table.ts'

const auditShown = 10

export async function group(visit: Visit): Promise<Page | undefined> {
  const { context, tenant, ids, fields } = visit
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
    body: html`${visit.session.mayChange ? licenceForm(visit, found) : html`<p>Licence type of its members: <strong>${groupLicence(found.licence)}</strong></p>`}
<h2>Members</h2>
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

export const groupLicence = (type: PoolType | null): string => (type ? licenceNames[type] : byConfiguration)
const byConfiguration = 'By configuration'

const licenceForm = (
  { tenant, session }: Visit,
  { id, licence }: GroupView,
): Html => html`<form method="post" action="${address(tenant, `/groups/${id}/licence`)}" class="search">${formToken(session)}
${selectField('type', 'Licence type of its members', [['', byConfiguration], ...poolTypes.map((type): [string, string] => [type, `${licenceNames[type]} or higher`])], licence ?? '')}
<button>Save</button>
</form>
<p class="note">A member has the highest of what its configuration and its groups give. Where the seats of a type are all taken, members wait for one and keep the seat they have.</p>`

/** Any other value than a type takes the licence of the group back. */
export async function setLicence(visit: Visit): Promise<Redirect | undefined> {
  const { context, tenant, ids, fields } = visit
  const type = choice(poolTypes, fields.type) ?? null
  const found = await setGroupLicence(context.database, authorOf(visit), ids.group!, type)
  return found ? { to: address(tenant, `/groups/${ids.group}`) } : undefined
}
