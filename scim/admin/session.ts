import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const lifetime = 8 * 60 * 60 * 1000
const cookieName = 'entrada_admin'

/** A cookie value that only the holder of the admin token could have made: expiry, nonce, signature. */
export function newSession(adminToken: string, now = Date.now()): string {
  const content = `${now + lifetime}.${randomBytes(12).toString('base64url')}`
  return `${content}.${sign(content, adminToken)}`
}

export function isSession(cookieHeader: string | undefined, adminToken: string, now = Date.now()): boolean {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w.-]+)`).exec(cookieHeader ?? '')?.[1] ?? ''
  const [expires = '', nonce = '', signature = ''] = value.split('.')
  const expected = Buffer.from(sign(`${expires}.${nonce}`, adminToken))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected) && Number(expires) > now
}

/** Strict, so no other site's page can make the browser send it. */
export function sessionCookie(value: string, secure: boolean): string {
  const age = value === '' ? 0 : lifetime / 1000
  return `${cookieName}=${value}; Path=/admin; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

const sign = (content: string, adminToken: string): string =>
  createHmac('sha256', `admin session ${adminToken}`).update(content).digest('base64url')
