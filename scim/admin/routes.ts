import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isAdminToken } from '../http/admin-token.ts'
import type { Context } from '../http/context.ts'
import { type Search, searchUsers, userStates } from '../storage/search.ts'
import { countsOf, lastWrites, licencesOf, listTenants, type Tenant } from '../storage/tenants.ts'
import { html } from './html.ts'
import { layout, type Page } from './layout.ts'
import { homePage, pageSize, signInPage, usersPage } from './pages.ts'
import { isSession, newSession, sessionCookie } from './session.ts'

const stylesheet = readFileSync(new URL('style.css', import.meta.url), 'utf8')
const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** /admin: pages for people, rendered here, without scripts. They only read. */
export async function adminRoutes(app: FastifyInstance, context: Context): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })
  app.setErrorHandler((error, request, reply) => {
    request.log.error({ err: error }, 'page failed')
    return send(reply.code(500), { title: 'Error', body: html`<p>The page could not be made. Try again.</p>` })
  })

  app.get('/style.css', (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=300').send(stylesheet),
  )
  sessionRoutes(app, context)

  app.get('/', async (request, reply) => {
    if (!signedIn(request, context)) return send(reply, { title: 'Sign in', body: signInPage(false) })
    const [first] = await listTenants(context.database)
    return first ? reply.redirect(`/admin/${first.name}`, 303) : notFound(reply)
  })
  app.get('/:tenant', (request, reply) => page(request, reply, context, home))
  app.get('/:tenant/users', (request, reply) => page(request, reply, context, users))
}

function sessionRoutes(app: FastifyInstance, context: Context): void {
  const secure = (): boolean => context.baseUrl().startsWith('https:')
  app.post<{ Body: { token?: unknown } | undefined }>('/sign-in', async (request, reply) => {
    const token = request.body?.token
    if (typeof token !== 'string' || !isAdminToken(token.trim(), context.adminToken)) {
      return send(reply.code(401), { title: 'Sign in', body: signInPage(true) })
    }
    return reply.header('set-cookie', sessionCookie(newSession(context.adminToken), secure())).redirect('/admin', 303)
  })
  app.post('/sign-out', async (_request, reply) =>
    reply.header('set-cookie', sessionCookie('', secure())).redirect('/admin', 303),
  )
}

const signedIn = (request: FastifyRequest, context: Context): boolean =>
  isSession(request.headers.cookie, context.adminToken)

type Body = (request: FastifyRequest, context: Context, tenant: Tenant) => Promise<Pick<Page, 'title' | 'body'>>

async function page(request: FastifyRequest, reply: FastifyReply, context: Context, body: Body): Promise<FastifyReply> {
  if (!signedIn(request, context)) return reply.redirect('/admin', 303)
  const all = await listTenants(context.database)
  const tenant = all.find(({ name }) => name === (request.params as { tenant: string }).tenant)
  if (!tenant) return notFound(reply)
  const tenants = all.map(({ name }) => name)
  return send(reply, { tenant: tenant.name, tenants, ...(await body(request, context, tenant)) })
}

const home: Body = async (_request, { database }, tenant) => {
  const [licences, counts, writes] = await Promise.all([
    licencesOf(database, tenant.id),
    countsOf(database, tenant.id),
    lastWrites(database, tenant.id, 15),
  ])
  return { title: 'Home', body: homePage(tenant.name, licences, counts, writes, database.kind === 'PGlite') }
}

const users: Body = async (request, { database }, tenant) => {
  const query = request.query as Record<string, unknown>
  const number = Math.floor(Number(query.page))
  const search: Search = {
    state: userStates.find((state) => state === query.state),
    search: typeof query.search === 'string' ? query.search.slice(0, 200).replaceAll('\0', '') : '',
    offset: (number >= 1 && number < 1e6 ? number - 1 : 0) * pageSize,
    limit: pageSize,
  }
  const found = await searchUsers(database, tenant.id, search)
  return { title: 'Users', body: usersPage(tenant.name, search, found.total, found.users) }
}

function notFound(reply: FastifyReply): FastifyReply {
  return send(reply.code(404), { title: 'Not found', body: html`<p>There is no such page.</p>` })
}

function send(reply: FastifyReply, content: Page): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(layout(content))
}
