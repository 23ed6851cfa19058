import type { ServicePrincipal } from '../../tenant/model.ts'
import { html, type Markup } from '../html.ts'
import { applicationOf } from '../layout.ts'
import { count, empty, facts, moment, state, table, tag } from '../parts.ts'
import { executionOf, linkCounts } from '../status.ts'
import { jobAddress, type Page, tenantAddress, type Visit } from '../visit.ts'

/** Where a sandbox has several tenants: which one to look at. */
export function tenantsPage({ parts }: Pick<Visit, 'parts'>): Page {
  const rows = parts.tenants.list().map(({ parts: its }) => {
    const jobs = [...its.tenant.jobs.values()]
    const quarantined = jobs.filter(({ status }) => status.code === 'Quarantine').length
    return [
      html`<a href="${tenantAddress(its.tenant.tenantId)}">${its.opened.origin.seed}</a>`,
      html`<code>${its.tenant.tenantId}</code>`,
      directorySize(its),
      html`${jobs.length} ${quarantined > 0 && tag(`${quarantined} in quarantine`, 'bad')}`,
    ]
  })
  return { title: 'Tenants', body: table('Tenants of this sandbox', ['Tenant', 'Id', 'Directory', 'Jobs'], rows) }
}

export function applicationsPage({ parts }: Visit): Page {
  const { tenant } = parts
  const jobs = [...tenant.jobs.values()]
  const configured = new Set(jobs.map(({ servicePrincipalId }) => servicePrincipalId))
  const others = [...tenant.servicePrincipals.values()].filter((one) => isOfGallery(one) && !configured.has(one.id))
  const rows = [
    ...jobs.map((job) => {
      const { users, groups } = linkCounts(tenant, job.id)
      const last = executionOf(job)
      return [
        html`<a href="${jobAddress({ parts, job })}">${applicationOf(parts, job)}</a>`,
        state(job.status.code),
        users.toLocaleString('en'),
        groups.toLocaleString('en'),
        last ? html`${moment(last.timeEnded)} ${state(last.state)}` : 'never',
      ]
    }),
    ...others.map(({ displayName }) => [displayName, 'Provisioning is not set up', '', '', '']),
  ]
  return {
    title: 'Applications',
    body: html`${rows.length > 0 ? table('Applications', ['Name', 'Provisioning', 'Users', 'Groups', 'Last cycle (UTC)'], rows) : nothing()}
<h2>Tenant</h2>
${facts([
  ['Tenant id', html`<code class="copy">${tenant.tenantId}</code>`],
  ['Directory', directorySize(parts)],
])}`,
  }
}

const isOfGallery = ({ applicationTemplateId, deletedDateTime }: ServicePrincipal): boolean =>
  applicationTemplateId !== null && deletedDateTime === null

const nothing = (): Markup =>
  empty(
    'No application was added from the gallery yet. Once a client has made one and set up its provisioning, it is listed here.',
  )

/** Users and groups that are there, without the deleted. */
function directorySize({ tenant }: Visit['parts']): string {
  const there = (objects: Iterable<{ deletedDateTime: string | null }>): number => {
    let number = 0
    for (const { deletedDateTime } of objects) if (deletedDateTime === null) number += 1
    return number
  }
  return `${count(there(tenant.users.values()), 'user')}, ${count(there(tenant.groups.values()), 'group')}`
}
