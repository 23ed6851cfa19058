import { readFileSync } from 'node:fs'
import { BadControl } from '../control/bad.ts'
import type { WireRequest, WireResponse } from '../http/exchange.ts'
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
  const type = segments.length === 1 ? ASSETS[segments[0]!] : undefined
  if (type) return asset(segments[0]!, type)
  const isPost = request.method === 'POST'
  if (isPost && !isOfThisOrigin(request)) return show(refused, {})
  const [tenantId, ...rest] = segments.filter((segment) => segment !== '')
  const several = tenants.list().length > 1
  if (tenantId === undefined && several) return show(tenantsPage(tenants.first), { section: '' })
  const served = tenantId === undefined ? tenants.first : tenants.find(tenantId)
  if (!served) return show(notFound, {})
  const isJob = rest[0] === 'jobs'
  const job = isJob ? served.parts.tenant.jobs.get(rest[1] ?? '') : undefined
  const [section = '', detail] = isJob ? rest.slice(2) : rest
  const fields = isPost ? new URLSearchParams(request.body.toString()) : request.query
  const visit = { parts: served.parts, fields, detail, job }
  const outcome = await answerOf(visit, isJob, isPost, section)
  return 'to' in outcome ? redirect(outcome.to) : show(outcome, { visit, section })
}

async function answerOf(
  visit: Visit & { job: JobVisit['job'] | undefined },
  isJob: boolean,
  isPost: boolean,
  section: string,
): Promise<Page | Redirect> {
  const { job } = visit
  if (isJob && !job) return notFound
  try {
    if (job) return (await (isPost ? JOB_ACTIONS : JOB_PAGES)[section]?.({ ...visit, job })) ?? notFound
    return (await (isPost ? TENANT_ACTIONS : TENANT_PAGES)[section]?.(visit)) ?? notFound
  } catch (error) {
    const isCallers = error instanceof BadControl || error instanceof RangeError
    return {
      title: 'Not done',
      status: isCallers ? 400 : 500,
      body: html`<p role="alert">${(error as Error).message}</p>`,
    }
  }
}

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
