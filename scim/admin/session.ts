import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const lifetime = 8 * 60 * 60 * 1000
const cookieName = 'entrada_admin'

export interface Session {
  id: string
  /** What each form of this session carries, so that no other site can post one. */
  formToken: string
}

/**
 * Sessions live in the cookie alone, so any replica knows them: expiry, nonce, signature. They end after eight hours, or when the
 * admin token changes, which is part of the key.
 */
export interface Sessions {
  /** A Set-Cookie header. */
  begin(): string
  end(): string
  find(cookieHeader: string | undefined): Session | undefined
}

export function openSessions(
  serviceKey: Buffer,
  adminToken: string,
  secure: () => boolean,
  now: () => number = Date.now,
): Sessions {
  const key = createHmac('sha256', serviceKey).update(adminToken).digest()
  const sign = (content: string): string => createHmac('sha256', key).update(content).digest('base64url')
  return {
    begin() {
      const id = `${now() + lifetime}.${randomBytes(12).toString('base64url')}`
      return cookie(cookieName, `${id}.${sign(`session ${id}`)}`, lifetime, secure())
    },
    end: () => cookie(cookieName, '', 0, secure()),
    find(cookieHeader) {
      const [expires = '', nonce = '', signature = ''] = cookieValue(cookieHeader, cookieName).split('.')
      const id = `${expires}.${nonce}`
      if (!sameText(signature, sign(`session ${id}`)) || Number(expires) <= now()) return undefined
      return { id, formToken: sign(`form ${id}`) }
    },
  }
}

/** A Set-Cookie header. `Strict`: no other site's page can make the browser send it. `age` in milliseconds; 0 removes it. */
export function cookie(name: string, value: string, age: number, secure: boolean): string {
  return `${name}=${value}; Path=/admin; Max-Age=${age / 1000}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
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
