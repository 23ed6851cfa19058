import { adminToken } from '../../testing/service.ts'

export interface PageAnswer {
  status: number
  text: string
  location: string | null
  headers: Headers
}

/** A visitor without a browser: keeps cookies, follows no redirects. */
export interface Visitor {
  cookies: Map<string, string>
  get(path: string): Promise<PageAnswer>
  /** With the form token of the session, as its pages would send it, unless the fields say otherwise. */
  post(path: string, fields?: Record<string, string>): Promise<PageAnswer>
}

/** `adminUrl`: where the pages are; paths are below it. */
export function visitor(adminUrl: string): Visitor {
  const cookies = new Map<string, string>()
  async function send(path: string, more: RequestInit = {}): Promise<PageAnswer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(adminUrl + path, { redirect: 'manual', headers: { cookie }, ...more })
    for (const header of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(header)!
      if (value) cookies.set(name!, value)
      else cookies.delete(name!)
    }
    const { status, headers } = response
    return { status, headers, location: headers.get('location'), text: await response.text() }
  }
  return {
    cookies,
    get: (path) => send(path),
    async post(path, fields = {}) {
      const formToken = /name="formToken" value="([^"]+)"/.exec((await send('/default')).text)?.[1] ?? ''
      return await send(path, { method: 'POST', body: new URLSearchParams({ formToken, ...fields }) })
    },
  }
}

export async function signedInVisitor(adminUrl: string): Promise<Visitor> {
  const made = visitor(adminUrl)
  await made.post('/sign-in', { token: adminToken })
  return made
}
