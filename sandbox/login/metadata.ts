import { CLOUDS, type CloudName } from './clouds.ts'

/** What clients of one cloud read first: `ARM_METADATA_HOSTNAME` points here (Azure Resource Manager, 2022-09-01). */
export function armMetadata(url: string, cloud: CloudName) {
  return {
    name: CLOUDS[cloud].name,
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

/**
 * OpenID Connect Discovery 1.0 §3, with Entra's own members.
 * @param tenant as the client named it in the path
 */
export function openIdConfiguration(url: string, tenant: string, tenantId: string, cloud: CloudName) {
  const login = `${url}/${tenant}`
  return {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${url}/${tenantId}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    code_challenge_methods_supported: ['S256'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'name', 'oid', 'preferred_username', 'tid', 'ver'],
    tenant_region_scope: CLOUDS[cloud].region,
    cloud_instance_name: new URL(CLOUDS[cloud].login).hostname.replace('login.', ''),
    msgraph_host: new URL(url).host,
  }
}

/** Where MSAL asks which hosts are one and the same authority. */
export function instanceDiscovery(url: string, tenantId: string) {
  const { host } = new URL(url)
  return {
    tenant_discovery_endpoint: `${url}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
}
