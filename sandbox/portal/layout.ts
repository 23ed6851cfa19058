import type { SandboxParts } from '../sandbox.ts'
import { html, type Markup } from './html.ts'
import { moment } from './parts.ts'
import { DONE, type JobVisit, jobAddress, type Page, tenantAddress } from './visit.ts'

/** What stands around a page; the tenant's and the application's navigation only where it is of one. */
export interface Frame {
  visit?: { parts: SandboxParts; fields: URLSearchParams; job?: JobVisit['job'] }
  /** First part of the path below the tenant or the job. */
  section?: string
}

const TENANT_SECTIONS = [
  ['', 'Applications'],
  ['controls', 'Sandbox controls'],
] as const

const JOB_SECTIONS = [
  ['', 'Overview'],
  ['log', 'Provisioning log'],
  ['mappings', 'Mappings and scope'],
  ['assignments', 'Users and groups'],
  ['on-demand', 'Provision on demand'],
  ['settings', 'Settings'],
] as const

export function layout({ title, body }: Page, { visit, section = '' }: Frame): string {
  const job = visit?.job
  const application = visit && job ? applicationOf(visit.parts, job) : undefined
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}${application && ` · ${application}`} · Entrada sandbox</title>
<link rel="icon" href="/portal/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/portal/style.css">
<script type="module" src="/portal/live.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a href="/portal"><b>Entrada sandbox</b></a>
${visit && tenantBar(visit.parts, job ? '' : section)}
</header>
<main id="main" tabindex="-1">
${application ? html`<p class="faint">${application}</p>` : ''}
<h1>${title}</h1>
${visit && job && jobTabs({ parts: visit.parts, job }, section)}
${visit && notice(visit.fields.get('did'))}
${body}
</main>
</body>
</html>
`.text
}

export const applicationOf = ({ tenant }: SandboxParts, { servicePrincipalId }: JobVisit['job']): string =>
  tenant.servicePrincipals.get(servicePrincipalId)?.displayName ?? 'Deleted application'

function tenantBar({ tenant, clock, tenants, opened }: SandboxParts, section: string | undefined): Markup {
  const link = ([path, text]: readonly [string, string]): Markup =>
    html`<a href="${tenantAddress(tenant.tenantId, path)}"${path === section && html` aria-current="page"`}>${text}</a>`
  const several = tenants.list().length > 1
  return html`<nav aria-label="Tenant">${TENANT_SECTIONS.map(link)}</nav>
<p class="tenant">${several ? html`<a href="/portal">Tenant ${opened.origin.seed}</a>` : html`Tenant ${opened.origin.seed}`}
 · ${moment(clock.now())} UTC</p>`
}

function jobTabs(at: Pick<JobVisit, 'parts' | 'job'>, section: string): Markup {
  return html`<nav class="tabs" aria-label="Application">${JOB_SECTIONS.map(
    ([path, text]) =>
      html`<a href="${jobAddress(at, path)}"${path === section && html` aria-current="page"`}>${text}</a>`,
  )}</nav>`
}

function notice(what: string | null): Markup | '' {
  return what !== null && Object.hasOwn(DONE, what)
    ? html`<p class="notice" role="status">${DONE[what as keyof typeof DONE]}</p>`
    : ''
}
