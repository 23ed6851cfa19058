import type { WireRequest, WireResponse } from '../../http/exchange.ts'
import { LoginFailure } from '../errors.ts'
import type { TokenIssuer } from '../issuer.ts'
import { formPostPage, refusalPage, signedOutPage, signInPage } from './page.ts'
import { checkFlow, findUser, readRequest, type SignInRequest } from './request.ts'

/** The page, or the way back to a client that is wrong about the flow, or that asked for no page. */
export function showSignIn(issuer: TokenIssuer, { query }: WireRequest): WireResponse {
  return withRequest(issuer, query, (request) => {
    if (request.prompt !== 'none') return signInPage(request)
    if (!request.hint) throw new LoginFailure(400, 'login_required', 50058, 'A silent sign-in request names nobody.')
    return signedIn(issuer, request, request.hint)
  })
}

/** The page filled in. */
export function signIn(issuer: TokenIssuer, { query, body }: WireRequest): WireResponse {
  const name = new URLSearchParams(body.toString('utf8')).get('login') ?? ''
  return withRequest(issuer, query, (request) => {
    try {
      return signedIn(issuer, request, name)
    } catch (error) {
      if (error instanceof LoginFailure) return signInPage({ ...request, hint: name }, error.message)
      throw error
    }
  })
}

/** Nobody is kept signed in, so that there is nothing to end (OpenID Connect RP-Initiated Logout 1.0). */
export function signOut({ tenant }: TokenIssuer, { query }: WireRequest): WireResponse {
  const target = query.get('post_logout_redirect_uri')
  const known = [...tenant.applications.values()].some(({ other }) =>
    (other.web as { redirectUris?: string[] } | null)?.redirectUris?.some(
      (uri) => URL.parse(target ?? '')?.origin === new URL(uri).origin,
    ),
  )
  return target && known ? redirectTo(target) : signedOutPage()
}

function withRequest(
  issuer: TokenIssuer,
  query: URLSearchParams,
  answer: (request: SignInRequest) => WireResponse,
): WireResponse {
  let request: SignInRequest | undefined
  try {
    request = readRequest(issuer, query)
    checkFlow(query)
    return answer(request)
  } catch (error) {
    if (!(error instanceof LoginFailure)) throw error
    if (!request) return refusalPage(error.message)
    return sendBack(request, { error: error.error, error_description: error.message })
  }
}

function signedIn(issuer: TokenIssuer, request: SignInRequest, name: string): WireResponse {
  const user = findUser(issuer, request.client, name)
  const { redirectUri, scope, nonce, challenge, client } = request
  const code = issuer.codes.add({ userId: user.id, clientId: client.clientId, redirectUri, scope, nonce, challenge })
  return sendBack(request, { code })
}

function sendBack({ redirectUri, mode, state }: SignInRequest, values: Record<string, string>): WireResponse {
  const all = new URLSearchParams(state === null ? values : { ...values, state })
  if (mode === 'form_post') return formPostPage(redirectUri, all)
  const target = new URL(redirectUri)
  for (const [name, value] of all) target.searchParams.set(name, value)
  return redirectTo(target.href)
}

const redirectTo = (location: string): WireResponse => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store' },
  body: '',
})
