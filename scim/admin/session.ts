import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const lifetime = 8 * 60 * 60 * 1000
const cookieName = 'entrada_admin'

/** Who has signed in, and what they may do. */
export interface Visitor {
  /** As the audit trail names them. */
  actor: string
  /** As the pages name them; undefined for who has the admin token, which may be anybody. */
  name?: string
  mayChange: boolean
}

export interface Session extends Visitor {
  id: string
  /** What each form of this session carries, so that no other site can post one. */
  formToken: string
}

/**
 * Sessions live in the cookie alone, so any replica knows them: expiry, nonce, visitor, signature. They end after eight hours, or when
 * the admin token changes, which is part of the key.
 */
export interface Sessions {
  /** A Set-Cookie header. */
  begin(visitor: Visitor): string
  end(): string
  find(cookieHeader: string | undefined): Session | undefined
}

const visitorShape = z.object({ actor: z.string(), name: z.string().optional(), mayChange: z.boolean() })

export function openSessions(
  serviceKey: Buffer,
  adminToken: string | undefined,
  secure: () => boolean,
  now: () => number = Date.now,
): Sessions {
  const key = createHmac('sha256', serviceKey)
    .update(adminToken ?? '')
    .digest()
  const sign = (content: string): string => createHmac('sha256', key).update(content).digest('base64url')
  return {
    begin(visitor) {
      const who = Buffer.from(JSON.stringify(visitor)).toString('base64url')
      const id = `${now() + lifetime}.${randomBytes(12).toString('base64url')}.${who}`
      return cookie(cookieName, `${id}.${sign(`session ${id}`)}`, { age: lifetime, secure: secure() })
    },
    end: () => cookie(cookieName, '', { age: 0, secure: secure() }),
    find(cookieHeader) {
      const [expires = '', nonce = '', who = '', signature = ''] = cookieValue(cookieHeader, cookieName).split('.')
      const id = `${expires}.${nonce}.${who}`
      if (!sameText(signature, sign(`session ${id}`)) || Number(expires) <= now()) return undefined
      const visitor = visitorShape.parse(JSON.parse(Buffer.from(who, 'base64url').toString('utf8')))
      return { ...visitor, id, formToken: sign(`form ${id}`) }
    },
  }
}

export interface CookieOptions {
  /** Milliseconds; 0 removes it. */
  age: number
  secure: boolean
  /** `Strict`, the default: no other site's page can make the browser send it. `Lax`: one that leads here can. */
  sameSite?: 'Strict' | 'Lax'
}

/** A Set-Cookie header. */
export function cookie(name: string, value: string, { age, secure, sameSite = 'Strict' }: CookieOptions): string {
  return `${name}=${value}; Path=/admin; Max-Age=${age / 1000}; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}`
}

/** Empty if there is none. */
export function cookieValue(cookieHeader: string | undefined, name: string): string {
  return new RegExp(`(?:^|;\\s*)${name}=([\\w.-]+)`).exec(cookieHeader ?? '')?.[1] ?? ''
}

/** In constant time. */
export function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
