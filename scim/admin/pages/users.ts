import { type Search, searchUsers, type UserSummary, userStates } from '../../storage/search.ts'
import type { Tenant } from '../../storage/tenants.ts'
import { licenceTypes } from '../../tenant/licence-types.ts'
import { type Html, html, type Part } from '../html.ts'
import { pageOf, pager, total } from '../paging.ts'
import { licence, licenceNames, searchField, selectField, table } from '../parts.ts'
import { address, choice, type Page, type Route, type Visit } from '../visit.ts'
import { user } from './user.ts'

export const userPages: Route[] = [
  { method: 'GET', path: '/users', handle: users },
  { method: 'GET', path: '/users/:user', handle: user },
]

const accounts = ['enabled', 'disabled'] as const

async function users({ context, tenant, fields }: Visit): Promise<Page> {
  const account = choice(accounts, fields.account)
  const search: Search = {
    state: choice(userStates, fields.state),
    type: choice(licenceTypes, fields.type),
    active: account && account === 'enabled',
    search: fields.search ?? '',
    ...pageOf(fields),
  }
  const found = await searchUsers(context.database, tenant.id, search)
  const { state, type } = search
  const filters = { search: fields.search, account, state, type }
  const filtered = Object.values(filters).some(Boolean)
  return {
    title: 'Users',
    body: html`${form(filters)}
${total(found.total, 'user')}
${found.users.length > 0 ? usersTable(tenant, found.users) : filtered ? noMatch(tenant) : nobody(tenant)}
${pager(search.offset, found.total, (page) => address(tenant, '/users', { ...filters, page }))}`,
  }
}

const form = (chosen: Record<string, string | undefined>): Html => html`<form method="get" class="search" role="search">
${searchField(chosen.search ?? '', 'User name, name or e-mail')}
${selectField(
  'account',
  'Account',
  [
    ['', 'All'],
    ['enabled', 'Enabled'],
    ['disabled', 'Disabled'],
  ],
  chosen.account,
)}
${selectField('type', 'Licence type', [['', 'All'], ...Object.entries(licenceNames)], chosen.type)}
${selectField(
  'state',
  'Seat',
  [
    ['', 'All'],
    ['licensed', 'Has one'],
    ['waiting', 'Waiting'],
    ['none', 'Needs none'],
  ],
  chosen.state,
)}
<button>Show</button>
</form>`

function usersTable(tenant: Tenant, users: UserSummary[]): Html {
  const rows = users.map((user): Part[] => [
    html`<a href="${address(tenant, `/users/${user.id}`)}">${user.userName}</a>`,
    user.displayName,
    user.active ? 'Enabled' : 'Disabled',
    licence(user.licence.type, user.licence.state),
  ])
  return table('Users', ['User name', 'Name', 'Account', 'Licence type'], rows)
}

const noMatch = (tenant: Tenant): Html => html`<div class="empty"><p>No user matches. Shorten the search or
<a href="${address(tenant, '/users')}">show all users</a>.</p></div>`

const nobody = (tenant: Tenant): Html => html`<div class="empty"><p>Nobody has been provisioned yet.</p>
<p>Assign users or groups to the application in Entra ID and start provisioning with the values of a
<a href="${address(tenant, '/configurations')}">configuration</a>; users appear here as the first cycle writes them.</p></div>`
