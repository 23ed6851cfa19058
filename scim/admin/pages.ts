import type { Search, UserSummary } from '../storage/search.ts'
import { type AuditRow, type Counts, type Licences, poolTypes } from '../storage/tenants.ts'
import { type Html, html } from './html.ts'

export const licenceNames: Record<string, string> = {
  named: 'Named',
  concurrent: 'Concurrent',
  readOnly: 'Read-only',
  none: 'No license',
}

export function signInPage(failed: boolean): Html {
  return html`<form method="post" action="/admin/sign-in" class="card narrow">
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
    failed ? html` aria-invalid="true" aria-describedby="problem"` : ''
  }>
${failed && html`<p id="problem" class="problem" role="alert">That is not the admin token of this service.</p>`}
<button>Sign in</button>
</form>`
}

export function homePage(
  tenant: string,
  licences: Licences,
  counts: Counts,
  writes: AuditRow[],
  embedded: boolean,
): Html {
  const figure = (name: string, value: number, href?: string): Html =>
    html`<div class="card"><dt>${name}</dt><dd>${href ? html`<a href="${href}">${value}</a>` : value}</dd></div>`
  const users = `/admin/${tenant}/users`
  return html`<dl class="figures">
${figure('Users', counts.users, users)}
${figure('Licensed', counts.licensed, `${users}?state=licensed`)}
${figure('Waiting for a license', counts.waiting, `${users}?state=waiting`)}
${figure('Groups', counts.groups)}
</dl>
<h2>Licenses</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">License type</th><th scope="col">In the pool</th><th scope="col">In use</th><th scope="col">Waiting</th></tr></thead>
<tbody>${poolTypes.map(
    (type) => html`<tr><th scope="row">${licenceNames[type]}</th><td>${licences[type] ?? 'no limit'}</td>
<td>${counts.byType[type].licensed}</td><td>${counts.byType[type].waiting}</td></tr>`,
  )}</tbody>
</table></div>
<h2>Last writes</h2>
${writes.length === 0 ? html`<p>Nothing has been provisioned yet.</p>` : writesTable(writes)}
${
  embedded &&
  html`<p class="note">This service keeps its data in the embedded database: one process, and no protection from a power cut. Use PostgreSQL for production.</p>`
}`
}

function writesTable(writes: AuditRow[]): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">What</th><th scope="col">Who or which</th><th scope="col">By</th></tr></thead>
<tbody>${writes.map(
    (
      write,
    ) => html`<tr><td><time datetime="${write.at.toISOString()}">${write.at.toISOString().slice(0, 19).replace('T', ' ')}</time></td>
<td>${write.action}${write.changed && html` <small>${write.changed}</small>`}</td><td>${write.subject}</td><td>${write.actor}</td></tr>`,
  )}</tbody>
</table></div>`
}

export const pageSize = 50

export function usersPage(tenant: string, search: Search, total: number, users: UserSummary[]): Html {
  const option = (value: string, text: string): Html =>
    html`<option value="${value}"${(search.state ?? '') === value ? html` selected` : ''}>${text}</option>`
  return html`<form method="get" class="search" role="search">
<div><label for="search">Search</label><input id="search" name="search" type="search" value="${search.search}" placeholder="Name or e-mail"></div>
<div><label for="state">State</label><select id="state" name="state">
${option('', 'All')}${option('licensed', 'Licensed')}${option('waiting', 'Waiting')}${option('none', 'Without license')}
</select></div>
<button>Show</button>
</form>
<p role="status">${total} ${total === 1 ? 'user' : 'users'}</p>
${total > 0 && usersTable(users)}
${pager(tenant, search, total)}`
}

function usersTable(users: UserSummary[]): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">User name</th><th scope="col">Name</th><th scope="col">State</th><th scope="col">License type</th></tr></thead>
<tbody>${users.map(
    (user) => html`<tr><th scope="row">${user.userName}</th><td>${user.displayName}</td>
<td>${user.active ? 'Enabled' : 'Disabled'}</td>
<td>${licenceNames[user.licence.type]}${user.licence.state === 'waiting' && html` <span class="tag">Waiting</span>`}</td></tr>`,
  )}</tbody>
</table></div>`
}

function pager(tenant: string, search: Search, total: number): Html {
  const page = search.offset / pageSize + 1
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const to = (number: number, text: string): Html => {
    const query = new URLSearchParams({ search: search.search, state: search.state ?? '', page: String(number) })
    return html`<a href="/admin/${tenant}/users?${query.toString()}">${text}</a>`
  }
  return html`<nav class="pager" aria-label="Pages of users">
${page > 1 && to(page - 1, 'Previous')}<span>Page ${page} of ${pages}</span>${page < pages && to(page + 1, 'Next')}
</nav>`
}
