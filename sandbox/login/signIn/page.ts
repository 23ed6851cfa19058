import { randomBytes } from 'node:crypto'
import type { WireResponse } from '../../http/exchange.ts'
import { html, type Markup } from '../../portal/html.ts'
import type { SignInRequest } from './request.ts'

const STYLE = `:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1.25rem }
h1 { font-size: 1.4rem } input, button { font: inherit; padding: .4rem .6rem; box-sizing: border-box }
input { width: 100% } [role=alert] { color: light-dark(#a4161a, #ff8a8a) } .muted { opacity: .75; font-size: .9rem }`

/** Who to be: there is no password in the sandbox. */
export function signInPage({ client, hint, redirectUri }: SignInRequest, error?: string): WireResponse {
  return page('Sign in', error ? 400 : 200, `'self' ${new URL(redirectUri).origin}`, () => {
    const alert = error ? html`<p role="alert">${error}</p>` : ''
    return html`<p>to continue to <b>${client.principal.displayName}</b></p>
<form method="post">
<p><label>User principal name <input name="login" value="${hint}" autofocus required autocomplete="username"></label></p>
${alert}<p><button>Sign in</button></p></form>
<p class="muted">This is a sandbox: anybody in its directory signs in by name alone.</p>`
  })
}

/** What cannot be told to the client, since the client or its address is not known. */
export const refusalPage = (message: string): WireResponse =>
  page('Sign-in failed', 400, "'none'", () => html`<p role="alert">${message}</p>`)

export const signedOutPage = (): WireResponse =>
  page('Signed out', 200, "'none'", () => html`<p>You can close this window.</p>`)

/** The answer as a form that the browser sends on (OAuth 2.0 Form Post Response Mode). */
export function formPostPage(redirectUri: string, values: URLSearchParams): WireResponse {
  return page('Signed in', 200, new URL(redirectUri).origin, (nonce) => {
    const fields = Array.from(values, ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
    return html`<form method="post" action="${redirectUri}">${fields}<button>Continue</button></form>
<script nonce="${nonce}">document.forms[0].submit()</script>`
  })
}

/** @param formAction where the page's form may lead, redirects included */
function page(title: string, status: number, formAction: string, content: (nonce: string) => Markup): WireResponse {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  const { text } = html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style nonce="${nonce}">${STYLE}</style></head><body><h1>${title}</h1>${content(nonce)}</body></html>`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    body: `<!doctype html>${text}`,
  }
}
