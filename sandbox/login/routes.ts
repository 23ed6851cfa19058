import { exportJWK } from 'jose'
import { json, type WireRequest, type WireResponse } from '../http/exchange.ts'
import { LoginFailure, loginErrorAnswer } from './errors.ts'
import type { TokenIssuer } from './issuer.ts'
import { armMetadata, instanceDiscovery, openIdConfiguration } from './metadata.ts'
import { showSignIn, signIn, signOut } from './signIn/authorize.ts'
import { refusalPage } from './signIn/page.ts'
import { checkTenant, issueToken } from './token.ts'

type Handler = (issuer: TokenIssuer, tenant: string, request: WireRequest) => unknown
type Page = (issuer: TokenIssuer, request: WireRequest) => WireResponse

/** By method and path; the group of a path is the tenant as the client names it. */
const ROUTES: [method: string, path: RegExp, handler: Handler][] = [
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/token$/, token],
  ['GET', /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/, openId],
  ['GET', /^\/([^/]+)\/discovery\/v2\.0\/keys$/, async (issuer) => ({ keys: [await publicKey(issuer)] })],
  ['GET', /^\/([^/]+)\/discovery\/instance$/, ({ url, tenant }) => instanceDiscovery(url(), tenant.tenantId)],
  ['GET', /^\/(metadata)\/endpoints$/, ({ url, settings }) => armMetadata(url(), settings.cloud)],
]

const PAGES: [method: string, path: RegExp, page: Page][] = [
  ['GET', /^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, showSignIn],
  ['POST', /^\/([^/]+)\/oauth2\/v2\.0\/authorize$/, signIn],
  ['GET', /^\/([^/]+)\/oauth2\/v2\.0\/logout$/, signOut],
]

/** Answer what belongs to login and to the cloud's metadata; undefined for anything else. */
export async function loginAnswer(issuer: TokenIssuer, request: WireRequest): Promise<WireResponse | undefined> {
  for (const [method, path, handler] of ROUTES) {
    const match = request.method === method && path.exec(request.path)
    if (!match) continue
    try {
      return json(200, await handler(issuer, match[1]!, request), { 'cache-control': 'no-store' })
    } catch (error) {
      if (error instanceof LoginFailure) return loginErrorAnswer(error, request.headers['client-request-id'])
      throw error
    }
  }
  return pageAnswer(issuer, request)
}

function pageAnswer(issuer: TokenIssuer, request: WireRequest): WireResponse | undefined {
  for (const [method, path, page] of PAGES) {
    const match = request.method === method && path.exec(request.path)
    if (!match) continue
    try {
      checkAuthority(issuer, match[1]!)
      return page(issuer, request)
    } catch (error) {
      if (error instanceof LoginFailure) return refusalPage(error.message)
      throw error
    }
  }
  return undefined
}

function token(issuer: TokenIssuer, tenant: string, request: WireRequest) {
  const form = new URLSearchParams(request.body.toString('utf8'))
  return issueToken(issuer, tenant, form, request.headers.authorization)
}

/** `common` and `organizations` stand for whatever tenant there is. @throws LoginFailure for an unknown one */
function checkAuthority(issuer: TokenIssuer, tenant: string): void {
  if (!['common', 'organizations'].includes(tenant)) checkTenant(issuer, tenant)
}

function openId(issuer: TokenIssuer, tenant: string) {
  checkAuthority(issuer, tenant)
  return openIdConfiguration(issuer.url(), tenant, issuer.tenant.tenantId, issuer.settings.cloud)
}

async function publicKey(issuer: TokenIssuer) {
  return { ...(await exportJWK(issuer.key.public)), kid: issuer.key.id, use: 'sig', alg: 'RS256' }
}
