import { EncryptJWT, jwtDecrypt } from 'jose'
import type { Context } from '../http/context.ts'
import { cookie, cookieValue, type Session } from './session.ts'

const cookieName = 'entrada_admin_once'
/** Longer than a redirect takes, shorter than a person stays. */
const lifetime = 60_000

/**
 * A new client secret travels from the form's answer to the page that shows it in a cookie only this service can read: so that
 * the page can be reloaded without another secret being made, and any replica can show it. Both functions give a Set-Cookie header.
 */
export async function keepOnce(context: Context, session: Session, about: string, secret: string): Promise<string> {
  const sealed = await new EncryptJWT({ secret })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setSubject(session.id)
    .setAudience(about)
    .setExpirationTime(new Date(Date.now() + lifetime))
    .encrypt(key(context))
  return cookie(cookieName, sealed, { age: lifetime, secure: isSecure(context) })
}

/** The secret that was kept for this session and this page, and the cookie that forgets it. */
export async function takeOnce(
  context: Context,
  session: Session,
  about: string,
  cookies: string | undefined,
): Promise<{ secret: string; cookie: string } | undefined> {
  const sealed = cookieValue(cookies, cookieName)
  const rules = { subject: session.id, audience: about }
  const opened = sealed && (await jwtDecrypt<{ secret: string }>(sealed, key(context), rules).catch(() => undefined))
  return opened
    ? { secret: opened.payload.secret, cookie: cookie(cookieName, '', { age: 0, secure: isSecure(context) }) }
    : undefined
}

const key = (context: Context): Buffer => context.deriveKey('admin pages, shown once')
export const isSecure = (context: Context): boolean => context.baseUrl().startsWith('https:')
