import type { FastifyReply } from 'fastify'
import { type Html, html } from './html.ts'
import type { Session } from './session.ts'
import type { Page } from './visit.ts'

/** What stands around the pages of a tenant; the sign-in page has none of it. */
export interface Frame {
  tenant: string
  tenants: string[]
  /** First part of the path below the tenant. */
  section: string
  session: Session
}

const sections = [
  ['', 'Home'],
  ['users', 'Users'],
  ['groups', 'Groups'],
  ['configurations', 'Configurations'],
  ['audit', 'Audit'],
] as const

export function sendPage(reply: FastifyReply, page: Page, frame?: Frame): FastifyReply {
  if (page.status) void reply.code(page.status)
  if (page.cookie) void reply.header('set-cookie', page.cookie)
  if (page.next) void reply.header('refresh', `0; url=${page.next}`)
  return reply.type('text/html; charset=utf-8').send(layout(page, frame).text)
}

function layout({ title, body }: Page, frame?: Frame): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}${frame && ` · ${frame.tenant}`} · SCIM service</title>
<link rel="icon" href="/admin/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/style.css">
<link rel="stylesheet" href="/admin/narrow.css" media="(max-width: 40rem)">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<span class="brand">SCIM service</span>
${frame && navigation(frame)}
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}

function navigation({ tenant, tenants, section, session }: Frame): Html {
  const link = ([path, text]: (typeof sections)[number]): Html =>
    html`<a href="/admin/${tenant}${path && `/${path}`}"${path === section && html` aria-current="page"`}>${text}</a>`
  return html`<nav aria-label="Sections">${sections.map(link)}</nav>
<div class="account">
${session.name && html`<span>${session.name}${!session.mayChange && ' (reads only)'}</span>`}
${tenants.length > 1 && tenantSwitch(tenant, tenants)}
<form method="post" action="/admin/sign-out">${formToken(session)}<button class="quiet">Sign out</button></form>
</div>`
}

const tenantSwitch = (
  tenant: string,
  tenants: string[],
): Html => html`<form method="get" action="/admin" class="inline">
<label for="tenant">Tenant</label>
<select id="tenant" name="tenant">${tenants.map(
  (name) => html`<option${name === tenant && html` selected`}>${name}</option>`,
)}</select>
<button class="quiet">Switch</button>
</form>`

/** Stands in every form that changes something. */
export const formToken = (session: Session): Html =>
  html`<input type="hidden" name="formToken" value="${session.formToken}">`
