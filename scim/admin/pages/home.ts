import { type AuditEntry, readAudit } from '../../storage/audit.ts'
import { listConfigurations } from '../../storage/configurations.ts'
import { readSeats, type Seats } from '../../storage/seats.ts'
import { type Counts, countsOf, type Tenant } from '../../storage/tenants.ts'
import { type Html, html, type Part } from '../html.ts'
import { count, licenceNames, table } from '../parts.ts'
import { address, type Route, type Visit } from '../visit.ts'
import { auditTable } from './audit-table.ts'
import { type Check, configurationChecks, databaseCheck, health } from './health.ts'

export const homePages: Route[] = [{ method: 'GET', path: '', handle: home }]

async function home({ context, tenant }: Visit): Promise<{ title: string; body: Html }> {
  const { database } = context
  const databaseState = await databaseCheck(database)
  const [counts, seats, writes, configurations] = await Promise.all([
    countsOf(database, tenant.id),
    readSeats(database, tenant.id),
    readAudit(database, tenant.id, { limit: 10 }),
    listConfigurations(database, tenant.id),
  ])
  const checks: Check[] = [databaseState, ...configurationChecks(tenant, configurations, new Date())]
  return {
    title: 'Home',
    body: html`${figures(tenant, counts)}
<section class="columns">
<div>${pools(tenant, seats)}</div>
<div><h2>Health</h2>${health(checks)}</div>
</section>
${lastWrites(tenant, writes)}`,
  }
}

function figures(tenant: Tenant, { users, licensed, waiting, groups }: Counts): Html {
  const figure = (name: string, value: number, href: string, mark?: string): Html =>
    html`<div class="card${mark && ` ${mark}`}"><dt>${name}</dt><dd><a href="${href}">${value.toLocaleString('en')}</a></dd></div>`
  const filtered = (state?: string): string => address(tenant, '/users', { state })
  return html`<dl class="figures">
${figure('Users', users, filtered())}
${figure('Licensed', licensed, filtered('licensed'))}
${figure('Waiting for a licence', waiting, filtered('waiting'), waiting > 0 ? 'warn' : undefined)}
${figure('Groups', groups, address(tenant, '/groups'))}
</dl>`
}

function pools(tenant: Tenant, pools: Seats[]): Html {
  const rows = pools.map((pool): Part[] => [
    html`<a href="${address(tenant, '/users', { type: pool.type })}">${licenceNames[pool.type]}</a>`,
    seatsInUse(pool),
    pool.waiting > 0
      ? html`<a href="${address(tenant, '/users', { type: pool.type, state: 'waiting' })}">${pool.waiting.toLocaleString('en')}</a>`
      : 0,
  ])
  return html`<h2>Licences</h2>${table('Seats by licence type', ['Type', 'In use', 'Waiting'], rows)}`
}

function seatsInUse({ type, used, seats }: Seats): Html {
  if (seats === null) return html`${used.toLocaleString('en')} <small>no limit</small>`
  const most = Math.max(seats, 1)
  const meter = html`<meter min="0" max="${most}" high="${most * 0.9}" optimum="0" value="${Math.min(used, most)}" aria-label="${licenceNames[type]} seats in use"></meter>`
  return html`${used.toLocaleString('en')} of ${count(seats, 'seat')} ${meter}${
    used > seats && html` <span class="tag warn">${(used - seats).toLocaleString('en')} too many</span>`
  }`
}

function lastWrites(tenant: Tenant, writes: AuditEntry[]): Html {
  const provisioned = writes.some(({ action }) => /^(user|group) /.test(action))
  if (provisioned) {
    return html`<h2>Last writes</h2>${auditTable(tenant, 'Last writes', writes)}
<p><a href="${address(tenant, '/audit')}">All of the audit trail</a></p>`
  }
  return html`<h2>Last writes</h2>
<div class="empty"><p>Nothing has been provisioned yet.</p>
<p>Enter the values of a <a href="${address(tenant, '/configurations')}">configuration</a> in Entra ID under
<em>Provisioning</em> › <em>Admin credentials</em>, test the connection and start provisioning; the first users come within 40 minutes.</p></div>`
}
