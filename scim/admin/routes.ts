import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../http/context.ts'
import { isId } from '../schema/ids.ts'
import { listTenants } from '../storage/tenants.ts'
import { entraRoutes } from './entra-sign-in.ts'
import { errorPages } from './failure.ts'
import { html } from './html.ts'
import { type Frame, sendPage } from './layout.ts'
import { isSecure } from './once.ts'
import { auditPages } from './pages/audit.ts'
import { configurationPages } from './pages/configurations.ts'
import { groupPages } from './pages/groups.ts'
import { homePages } from './pages/home.ts'
import { secretPages } from './pages/secrets.ts'
import { userPages } from './pages/users.ts'
import { openSessions, type Sessions, sameText } from './session.ts'
import { localAddress, sendSignIn, signInRoutes } from './sign-in.ts'
import type { Page, Route, Visit } from './visit.ts'

const routes: Route[] = [
  ...homePages,
  ...userPages,
  ...groupPages,
  ...configurationPages,
  ...secretPages,
  ...auditPages,
]

const file = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files: [path: string, type: string, content: string][] = [
  ['/style.css', 'text/css; charset=utf-8', file('style.css')],
  ['/narrow.css', 'text/css; charset=utf-8', file('narrow.css')],
  ['/icon.svg', 'image/svg+xml', file('icon.svg')],
]

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** /admin: pages for people, made here, without scripts. */
export async function adminRoutes(app: FastifyInstance, context: Context): Promise<void> {
  const sessions = openSessions(context.deriveKey('admin pages'), context.adminToken, () => isSecure(context))
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers))
  app.setErrorHandler(errorPages(context))
  app.setNotFoundHandler((_request, reply) => sendPage(reply, notFound))

  for (const [path, type, content] of files) {
    app.get(path, (_request, reply) => reply.type(type).header('cache-control', 'max-age=300').send(content))
  }
  signInRoutes(app, context, sessions)
  if (context.entra) entraRoutes(app, context, context.entra, sessions)
  app.get<{ Querystring: { next?: string; tenant?: string } }>('/', async (request, reply) => {
    const { next, tenant } = request.query
    if (!sessions.find(request.headers.cookie)) return sendSignIn(reply, context, localAddress(next))
    const names = (await listTenants(context.database)).map(({ name }) => name)
    const chosen = names.find((name) => name === tenant) ?? names[0]
    return chosen ? reply.redirect(`/admin/${chosen}`, 303) : sendPage(reply, noTenant)
  })
  for (const route of routes) {
    app.route({
      method: route.method,
      url: `/:tenant${route.path}`,
      handler: (request, reply) => answer(request, reply, context, sessions, route),
    })
  }
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  context: Context,
  sessions: Sessions,
  route: Route,
): Promise<FastifyReply> {
  const session = sessions.find(request.headers.cookie)
  if (!session) return reply.redirect(route.method === 'GET' ? signInFor(request.url) : '/admin', 303)
  const { tenant: name, ...ids } = request.params as Record<string, string>
  const all = await listTenants(context.database)
  const tenant = all.find((each) => each.name === name)
  if (!tenant) return sendPage(reply, notFound)
  const section = route.path.split('/')[1] ?? ''
  const frame: Frame = { tenant: tenant.name, tenants: all.map((each) => each.name), section, session }
  if (route.method === 'POST' && !session.mayChange) return sendPage(reply, readsOnly, frame)
  const fields = textFields(route.method === 'GET' ? request.query : request.body)
  if (route.method === 'POST' && !sameText(fields.formToken ?? '', session.formToken)) {
    return sendPage(reply, foreignForm, frame)
  }
  const visit: Visit = { context, tenant, session, ids, fields, cookies: request.headers.cookie }
  const result = Object.values(ids).every(isId) ? await route.handle(visit) : undefined
  if (!result) return sendPage(reply, notFound, frame)
  if (!('to' in result)) return sendPage(reply, result, frame)
  if (result.cookie) void reply.header('set-cookie', result.cookie)
  return reply.redirect(result.to, 303)
}

const signInFor = (url: string): string => `/admin?${new URLSearchParams({ next: url }).toString()}`

function textFields(source: unknown): Record<string, string> {
  const texts = Object.entries(source ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts.map(([name, text]) => [name, text.replaceAll('\0', '').slice(0, 400)]))
}

const notFound: Page = {
  status: 404,
  title: 'Not found',
  body: html`<p>There is no such page, or what it showed has been deleted.</p>`,
}
const noTenant: Page = {
  title: 'No tenant',
  body: html`<p>This service has no tenant yet. <code>PUT /api/tenants/{name}</code> of the management API makes one.</p>`,
}
const readsOnly: Page = {
  status: 403,
  title: 'You may not change this',
  body: html`<p>You have the app role <code>Read</code>; changes need <code>Manage</code>. Once you are given it, sign out and in again.</p>`,
}
const foreignForm: Page = {
  status: 403,
  title: 'Form refused',
  body: html`<p>The form did not come from a page of this session. Open the page again and repeat what you did; nothing was changed.</p>`,
}
