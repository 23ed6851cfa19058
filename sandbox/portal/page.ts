import { randomBytes } from 'node:crypto'
import type { WireRequest, WireResponse } from '../http/exchange.ts'
import type { SandboxParts } from '../sandbox.ts'
import { jobsOf, type ShownCycle, type ShownJob, type ShownLogEntry, totals } from './content.ts'
import { html, type Markup } from './html.ts'
import { STYLE } from './style.ts'

/** The page that shows what goes on; undefined for any other path. */
export function portalAnswer(parts: SandboxParts, { method, path }: WireRequest): WireResponse | undefined {
  if (method !== 'GET' || (path !== '/portal' && path !== '/')) return undefined
  const nonce = randomBytes(16).toString('base64')
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    body: `<!doctype html>${page(parts, nonce).text}`,
  }
}

function page(parts: SandboxParts, nonce: string): Markup {
  const jobs = jobsOf(parts.tenant)
  const { users, groups } = totals(parts.tenant)
  return html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Entrada sandbox tenant</title><style nonce="${nonce}">${STYLE}</style></head><body>
<h1>Entrada sandbox tenant</h1>
<p class="muted">Tenant <code>${parts.tenant.tenantId}</code> · ${users} users · ${groups} groups · ${new Date(parts.clock.now()).toISOString()}</p>
${jobs.length === 0 ? html`<p>No application is set up for provisioning yet.</p>` : jobs.map(jobSection)}
</body></html>`
}

function jobSection(job: ShownJob): Markup {
  return html`<section><h2>${job.application} <span class="state ${job.code}">${job.code}</span></h2>
<p class="muted">Job <code>${job.id}</code>, schedule ${job.schedule}${job.progress ? html`, ${job.progress}` : ''}</p>
${job.quarantine ? html`<p class="Quarantine"><strong>Quarantine:</strong> ${job.quarantine}</p>` : ''}
<h3>Statistics to date</h3><p>${job.statistics}</p>
<h3>Last cycles</h3>
<table><thead><tr><th>Began</th><th>Kind</th><th>State</th><th>Users</th><th>Groups</th><th class="number">Seconds</th></tr></thead>
<tbody>${job.cycles.map(cycleRow)}</tbody></table>
<h3>Provisioning log</h3>
<table><thead><tr><th>Time</th><th>Identity</th><th>Action</th><th>Status</th><th>Details</th></tr></thead>
<tbody>${job.log.map(logRow)}</tbody></table></section>`
}

const cycleRow = (cycle: ShownCycle) => html`<tr><td>${cycle.began}</td><td>${cycle.kind}</td>
<td class="${cycle.state}">${cycle.state}</td><td>${cycle.users}</td><td>${cycle.groups}</td><td class="number">${cycle.seconds}</td></tr>`

const logRow = (
  entry: ShownLogEntry,
) => html`<tr><td>${entry.time}</td><td>${entry.identity}</td><td>${entry.action}</td>
<td class="${entry.status}">${entry.status}</td><td>${entry.details}</td></tr>`
