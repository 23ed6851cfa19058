import { readFileSync } from 'node:fs'
import { BadControl } from '../control/bad.ts'
import type { WireRequest, WireResponse } from '../http/exchange.ts'
import type { SandboxParts } from '../sandbox.ts'
import type { Tenants } from '../tenants.ts'
import { JOB_ACTIONS, TENANT_ACTIONS } from './actions.ts'
import { html } from './html.ts'
import { type Frame, layout } from './layout.ts'
import { applicationsPage, tenantsPage } from './pages/applications.ts'
import { assignmentsPage } from './pages/assignments.ts'
import { controlsPage } from './pages/controls.ts'
import { entryPage } from './pages/entry.ts'
import { logPage } from './pages/log.ts'
import { mappingsPage } from './pages/mappings.ts'
import { onDemandPage } from './pages/onDemand.ts'
import { overviewPage } from './pages/overview.ts'
import { settingsPage } from './pages/settings.ts'
import type { JobVisit, Page, Redirect, Visit } from './visit.ts'

const TENANT_PAGES: Readonly<Record<string, (visit: Visit) => Page>> = { '': applicationsPage, controls: controlsPage }

const JOB_PAGES: Readonly<Record<string, (visit: JobVisit) => Page | undefined>> = {
  '': overviewPage,
  log: (visit) => (visit.detail === undefined ? logPage(visit) : entryPage(visit)),
  mappings: mappingsPage,
  assignments: assignmentsPage,
  'on-demand': (visit) => onDemandPage(visit),
  settings: (visit) => settingsPage(visit),
}

const ASSETS: Readonly<Record<string, string>> = {
  'style.css': 'text/css',
  'live.js': 'text/javascript',
  'icon.svg': 'image/svg+xml',
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Pages for people, below `/portal`; undefined for any other path. */
export async function portalAnswer(tenants: Tenants, request: WireRequest): Promise<WireResponse | undefined> {
  const [, first, ...segments] = request.path.split('/')
  if (request.path === '/') return redirect('/portal')
  if (first !== 'portal') return undefined
  const type = segments.length === 1 ? own(ASSETS, segments[0]!) : undefined
  if (type) return asset(segments[0]!, type)
  if (request.method === 'POST' && !isOfThisOrigin(request)) return show(refused, {})
  const [tenantId, ...rest] = segments.filter((segment) => segment !== '')
  if (tenantId === undefined && tenants.list().length > 1) return show(tenantsPage(tenants.first), {})
  const served = tenantId === undefined ? tenants.first : tenants.find(tenantId)
  return served ? tenantAnswer(served.parts, rest, request) : show(notFound, {})
}

/** @param path below the tenant: `{section}`, or `jobs/{id}/{section}/{detail}` */
async function tenantAnswer(parts: SandboxParts, path: string[], request: WireRequest): Promise<WireResponse> {
  const isPost = request.method === 'POST'
  const isJob = path[0] === 'jobs'
  const [section = '', detail] = isJob ? path.slice(2) : path
  const job = isJob ? parts.tenant.jobs.get(path[1] ?? '') : undefined
  const fields = isPost ? new URLSearchParams(request.body.toString()) : request.query
  const visit = { parts, fields, detail, job }
  const answer = async (): Promise<Page | Redirect | undefined> => {
    if (job) return (isPost ? own(JOB_ACTIONS, section) : own(JOB_PAGES, section))?.({ ...visit, job })
    return isJob ? undefined : (isPost ? own(TENANT_ACTIONS, section) : own(TENANT_PAGES, section))?.(visit)
  }
  const outcome = (await answer().catch(notDone)) ?? notFound
  return 'to' in outcome ? redirect(outcome.to) : show(outcome, { visit, section })
}

/** What a table has under a name that came over the wire. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** Browsers name the site whose page sends a form; another site's form is not taken. */
const isOfThisOrigin = ({ headers }: WireRequest): boolean => headers.origin === `https://${headers.host}`

const refused: Page = {
  title: 'Form refused',
  status: 403,
  body: html`<p>The form did not come from a page of this sandbox. <a href="/portal">Go to its pages</a> and send it from there.</p>`,
}

const notFound: Page = {
  title: 'Not found',
  status: 404,
  body: html`<p>There is no such page, or what it was about is gone. <a href="/portal">All applications</a></p>`,
}

function notDone(error: Error): Page {
  const isCallers = error instanceof BadControl || error instanceof RangeError
  return { title: 'Not done', status: isCallers ? 400 : 500, body: html`<p role="alert">${error.message}</p>` }
}

const show = (page: Page, frame: Frame): WireResponse => ({
  status: page.status ?? 200,
  headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
  body: layout(page, frame),
})

const redirect = (location: string): WireResponse => ({ status: 303, headers: { ...HEADERS, location }, body: '' })

const asset = (name: string, type: string): WireResponse => ({
  status: 200,
  headers: { ...HEADERS, 'content-type': `${type}; charset=utf-8` },
  body: readFileSync(new URL(name, import.meta.url), 'utf8'),
})
