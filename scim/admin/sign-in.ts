import type { FastifyInstance, FastifyReply } from 'fastify'
import { isAdminToken } from '../http/bearer.ts'
import type { Context } from '../http/context.ts'
import { type Html, html } from './html.ts'
import { sendPage } from './layout.ts'
import type { Sessions } from './session.ts'

/** What failures are counted as. */
const attempt = 'admin pages'

type Form = { token?: unknown; next?: unknown } | undefined

/** The one admin token of the service, typed once, for a session. */
export function signInRoutes(app: FastifyInstance, context: Context, sessions: Sessions): void {
  app.post<{ Body: Form }>('/sign-in', async (request, reply) => {
    context.signIns.check(request, reply, attempt)
    const next = localAddress(request.body?.next)
    const token = request.body?.token
    if (typeof token !== 'string' || !isAdminToken(token.trim(), context.adminToken)) {
      context.signIns.failed(request, attempt)
      return sendSignIn(reply.code(401), next, 'That is not the admin token of this service.')
    }
    return reply.header('set-cookie', sessions.begin()).redirect(next, 303)
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

export function sendSignIn(reply: FastifyReply, next: string, problem?: string): FastifyReply {
  return sendPage(reply, { title: 'Sign in', body: form(next, problem) })
}

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
