import type { FastifyInstance, FastifyReply } from 'fastify'
import { EncryptJWT, jwtDecrypt } from 'jose'
import type { Entra } from '../entra/entra.ts'
import { IdentityUnavailable } from '../entra/identity.ts'
import { audited, mayChange, type Principal } from '../entra/principal.ts'
import { type Begun, SignInFailed, sentence } from '../entra/sign-in.ts'
import type { Context } from '../http/context.ts'
import { IssuerUnreachable } from '../oauth/issuers.ts'
import { html } from './html.ts'
import { sendPage } from './layout.ts'
import { isSecure } from './once.ts'
import { cookie, cookieValue, type Sessions, sameText } from './session.ts'
import { localAddress, pages } from './sign-in.ts'
import type { Page } from './visit.ts'

const cookieName = 'entrada_admin_entra'
/** Milliseconds that a person has for passwords, second factors and consent. */
const lifetime = 15 * 60_000

interface Kept extends Begun {
  next: string
}

type Answer = { code?: unknown; state?: unknown; error?: unknown; error_description?: unknown }

/**
 * People sign in at Entra ID. What the sign-in was begun with waits in a sealed cookie, so that any replica can end it, and only in
 * the browser that began it.
 */
export function entraRoutes(app: FastifyInstance, context: Context, { signIn }: Entra, sessions: Sessions): void {
  const redirectUri = (): string => `${context.baseUrl()}/admin/sign-in/callback`
  const key = context.deriveKey('admin pages, sign-in at Entra ID')
  const forget = (): string => cookie(cookieName, '', { age: 0, secure: isSecure(context) })

  app.get<{ Querystring: { next?: unknown } }>('/sign-in/entra', async (request, reply) => {
    context.signIns.check(request, reply, pages)
    try {
      const { location, begun } = await signIn.begin(redirectUri())
      const kept = await seal(key, { ...begun, next: localAddress(request.query.next) })
      // Lax, since the browser comes back from another site.
      const options = { age: lifetime, secure: isSecure(context), sameSite: 'Lax' as const }
      return reply.header('set-cookie', cookie(cookieName, kept, options)).redirect(location, 303)
    } catch (error) {
      return sendFailure(reply, error)
    }
  })

  app.get<{ Querystring: Answer }>('/sign-in/callback', async (request, reply) => {
    context.signIns.check(request, reply, pages)
    const kept = await unseal(key, cookieValue(request.headers.cookie, cookieName))
    const { state, code, error, error_description: text } = request.query
    if (!kept || typeof state !== 'string' || !sameText(state, kept.state)) return sendPage(reply, notBegun)
    void reply.header('set-cookie', forget())
    try {
      if (typeof error === 'string') throw new SignInFailed(sentence({ error, error_description: asText(text) }))
      if (typeof code !== 'string') throw new SignInFailed('Entra ID sent no code')
      const principal = await signIn.finish(code, kept, redirectUri())
      if (principal.roles.length === 0) return sendPage(reply, withoutRole(principal))
      const { name } = principal
      const visitor = { actor: `${pages}: ${audited(principal)}`, name, mayChange: mayChange(principal) }
      return sendPage(reply.header('set-cookie', sessions.begin(visitor)), signedIn(kept.next))
    } catch (failure) {
      context.signIns.failed(request, pages)
      return sendFailure(reply, failure)
    }
  })
}

const seal = (key: Buffer, kept: Kept): Promise<string> =>
  new EncryptJWT({ ...kept })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setExpirationTime(new Date(Date.now() + lifetime))
    .encrypt(key)

async function unseal(key: Buffer, sealed: string): Promise<Kept | undefined> {
  const opened = sealed && (await jwtDecrypt<Kept & Record<string, unknown>>(sealed, key).catch(() => undefined))
  return opened ? opened.payload : undefined
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const again = html`<p><a href="/admin">Sign in again</a></p>`

/** The session's cookie is sent only by pages of this site, and a redirect would count as one of the site that led here. */
const signedIn = (next: string): Page => ({
  title: 'Signed in',
  next,
  body: html`<p><a href="${next}">Go on</a></p>`,
})

const notBegun: Page = {
  status: 400,
  title: 'Sign in again',
  body: html`<p>This sign-in was not begun in this browser, or took too long.</p>${again}`,
}

const withoutRole = (principal: Principal): Page => ({
  status: 403,
  title: 'No role',
  body: html`<p>${audited(principal)} has no role in this application. An administrator of Entra ID can assign <code>Read</code> or
<code>Manage</code> under Enterprise applications › Users and groups.</p>${again}`,
})

function sendFailure(reply: FastifyReply, error: unknown): FastifyReply {
  const isOutside = error instanceof IssuerUnreachable || error instanceof IdentityUnavailable
  if (!isOutside && !(error instanceof SignInFailed)) throw error
  // Entra's words may name the person; its code does not.
  const reason = isOutside ? error.message : (/AADSTS\d+/.exec(error.message)?.[0] ?? error.message)
  reply.log.warn({ reason }, 'a sign-in at Entra ID failed')
  const page = { status: isOutside ? 503 : 403, title: 'Sign-in failed' }
  return sendPage(reply, { ...page, body: html`<p role="alert">${error.message}</p>${again}` })
}
