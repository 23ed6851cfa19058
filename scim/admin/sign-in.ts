import type { FastifyInstance, FastifyReply } from 'fastify'
import { isAdminToken } from '../http/bearer.ts'
import type { Context } from '../http/context.ts'
import { type Html, html } from './html.ts'
import { sendPage } from './layout.ts'
import type { Sessions } from './session.ts'

/** What failures are counted as, and the author that the audit trail names. */
export const pages = 'admin pages'

type Form = { token?: unknown; next?: unknown } | undefined

/** The one admin token of the service, typed once, for a session; and the end of any session. */
export function signInRoutes(app: FastifyInstance, context: Context, sessions: Sessions): void {
  const { adminToken } = context
  app.post<{ Body: Form }>('/sign-in', async (request, reply) => {
    context.signIns.check(request, reply, pages)
    const next = localAddress(request.body?.next)
    const token = request.body?.token
    if (!adminToken || typeof token !== 'string' || !isAdminToken(token.trim(), adminToken)) {
      context.signIns.failed(request, pages)
      return sendSignIn(reply.code(401), context, next, 'That is not the admin token of this service.')
    }
    return reply.header('set-cookie', sessions.begin({ actor: pages, mayChange: true })).redirect(next, 303)
  })

  app.post<{ Body: { formToken?: unknown } | undefined }>('/sign-out', async (request, reply) => {
    const session = sessions.find(request.headers.cookie)
    if (session?.formToken === request.body?.formToken) void reply.header('set-cookie', sessions.end())
    return reply.redirect('/admin', 303)
  })
}

/** An address of these pages to go on to, whatever else was asked for. */
export const localAddress = (asked: unknown): string =>
  typeof asked === 'string' && /^\/admin\/[\w%./?&=+~-]*$/.test(asked) ? asked : '/admin'

/** By each way that this service has. */
export function sendSignIn(reply: FastifyReply, context: Context, next: string, problem?: string): FastifyReply {
  const ways = html`${context.entra && atEntra(next)}${context.adminToken && form(next, problem)}`
  return sendPage(reply, { title: 'Sign in', body: ways })
}

/** A link, since the pages' policy lets no form lead to another site. */
const atEntra = (next: string): Html => html`<p class="card narrow">
<a class="button" href="/admin/sign-in/entra?${new URLSearchParams({ next }).toString()}">Sign in with Microsoft Entra ID</a>
</p>`

const form = (
  next: string,
  problem?: string,
): Html => html`<form method="post" action="/admin/sign-in" class="card narrow">
<input name="username" autocomplete="username" value="admin" hidden>
<label for="token">Admin token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${
  problem && html` aria-invalid="true" aria-describedby="problem"`
}>
<input type="hidden" name="next" value="${next}">
${problem && html`<p id="problem" class="problem" role="alert">${problem}</p>`}
<button>Sign in</button>
<p class="note">The value of <code>ENTRADA_SCIM_ADMIN_TOKEN</code>; where it is not set, the one in the file <code>admin-token</code> of the data directory.</p>
</form>`
