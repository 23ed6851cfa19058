import { exportJWK } from 'jose'
import { json, type WireRequest, type WireResponse } from '../http/exchange.ts'
import { LoginFailure, loginErrorAnswer } from './errors.ts'
import { issueToken, type TokenIssuer } from './token.ts'

const TOKEN = /^\/([^/]+)\/oauth2\/v2\.0\/token$/
const OPENID = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/
const KEYS = /^\/([^/]+)\/discovery\/v2\.0\/keys$/

/** Answer what belongs to login and to the cloud's metadata; undefined for anything else. */
export async function loginAnswer(issuer: TokenIssuer, request: WireRequest): Promise<WireResponse | undefined> {
  const { method, path } = request
  if (method === 'GET' && path === '/metadata/endpoints') return json(200, metadata(issuer.url()))
  const openid = method === 'GET' && OPENID.exec(path)
  if (openid) return json(200, openIdConfiguration(issuer, openid[1]!))
  if (method === 'GET' && KEYS.test(path)) return json(200, { keys: [await publicKey(issuer)] })
  const token = method === 'POST' && TOKEN.exec(path)
  return token ? tokenAnswer(issuer, token[1]!, request) : undefined
}

async function tokenAnswer(issuer: TokenIssuer, tenant: string, request: WireRequest): Promise<WireResponse> {
  try {
    const form = new URLSearchParams(request.body.toString('utf8'))
    const token = await issueToken(issuer, tenant, form, request.headers.authorization)
    return json(200, token, { 'cache-control': 'no-store' })
  } catch (error) {
    if (error instanceof LoginFailure) return loginErrorAnswer(error)
    throw error
  }
}

/** What clients of one cloud read first: `ARM_METADATA_HOSTNAME` points here (Azure Resource Manager, 2022-09-01). */
function metadata(url: string) {
  return {
    name: 'EntradaSandbox',
    portal: `${url}/portal`,
    authentication: {
      loginEndpoint: url,
      audiences: [url],
      tenant: 'common',
      identityProvider: 'AAD',
    },
    resourceManager: url,
    microsoftGraphResourceId: url,
    graph: url,
    graphAudience: url,
    suffixes: {},
  }
}

function openIdConfiguration(issuer: TokenIssuer, tenant: string) {
  const login = `${issuer.url()}/${tenant}`
  return {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${issuer.url()}/${issuer.tenant.tenantId}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'entrada-sandbox',
    msgraph_host: new URL(issuer.url()).host,
  }
}

async function publicKey(issuer: TokenIssuer) {
  return { ...(await exportJWK(issuer.key.public)), kid: issuer.key.id, use: 'sig', alg: 'RS256' }
}
