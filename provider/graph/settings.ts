/** Where and as whom Graph is called, read from the environment in the names of the azuread provider. */

export type Credential =
  | { kind: 'certificate'; clientId: string; certificate: { path: string } | { base64: string }; password?: string }
  | { kind: 'secret'; clientId: string; secret: { value: string } | { path: string } }
  | {
      kind: 'oidc'
      clientId: string
      token:
        | { value: string }
        | { path: string }
        /** Asked of the pipeline's own service; Azure Pipelines gives the token of a service connection. */
        | { requestUrl: string; requestToken: string; serviceConnectionId?: string }
    }
  | { kind: 'managedIdentity'; clientId?: string }
  | { kind: 'cli' }

export interface GraphSettings {
  tenantId: string
  credential: Credential
  cloud: { name: CloudName } | { metadataHost: string }
}

export type Env = Readonly<Record<string, string | undefined>>

/** Graph and login hosts. Source: Microsoft Graph, "National cloud deployments". */
export const CLOUDS = {
  public: { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
  usgovernment: { graph: 'https://graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  dod: { graph: 'https://dod-graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'https://login.partner.microsoftonline.cn' },
} as const
export type CloudName = keyof typeof CLOUDS

const CLOUD_ALIASES: Record<string, CloudName> = {
  global: 'public',
  usgovernmentl4: 'usgovernment',
  usgovernmentl5: 'dod',
}

/** Throws one error that names every variable that is missing or wrong. */
export function graphSettings(env: Env): GraphSettings {
  const problems: string[] = []
  const tenantId = env.ARM_TENANT_ID ?? ''
  if (!tenantId) problems.push('neither entrada:tenantId nor ARM_TENANT_ID is set: the id of the Entra tenant')
  const cloud = cloudOf(env, problems)
  const credential = credentialOf(env, problems)
  if (problems.length > 0 || !credential || !cloud) {
    throw new Error(
      `Microsoft Graph cannot be called, because the environment is incomplete:\n- ${problems.join('\n- ')}`,
    )
  }
  return { tenantId, credential, cloud }
}

/** Undefined, with one more line in `problems`, for a name that is none. */
export function cloudOf(env: Env, problems: string[]): GraphSettings['cloud'] | undefined {
  if (env.ARM_METADATA_HOSTNAME) return { metadataHost: env.ARM_METADATA_HOSTNAME }
  const asked = (env.ARM_ENVIRONMENT || 'public').toLowerCase()
  const name = CLOUD_ALIASES[asked] ?? asked
  if (Object.hasOwn(CLOUDS, name)) return { name: name as CloudName }
  const allowed = [...Object.keys(CLOUDS), ...Object.keys(CLOUD_ALIASES)].join(', ')
  problems.push(`ARM_ENVIRONMENT is '${env.ARM_ENVIRONMENT}': use one of ${allowed}`)
  return undefined
}

/** The same order of methods as azuread: certificate, secret, OIDC, managed identity, Azure CLI. */
function credentialOf(env: Env, problems: string[]): Credential | undefined {
  const clientId = () => {
    if (!env.ARM_CLIENT_ID) problems.push('ARM_CLIENT_ID is not set: the client id of the application that calls Graph')
    return env.ARM_CLIENT_ID ?? ''
  }
  if (env.ARM_CLIENT_CERTIFICATE || env.ARM_CLIENT_CERTIFICATE_PATH) {
    const certificate = env.ARM_CLIENT_CERTIFICATE
      ? { base64: env.ARM_CLIENT_CERTIFICATE }
      : { path: env.ARM_CLIENT_CERTIFICATE_PATH ?? '' }
    return { kind: 'certificate', clientId: clientId(), certificate, password: env.ARM_CLIENT_CERTIFICATE_PASSWORD }
  }
  if (env.ARM_CLIENT_SECRET) return { kind: 'secret', clientId: clientId(), secret: { value: env.ARM_CLIENT_SECRET } }
  if (env.ARM_CLIENT_SECRET_FILE_PATH) {
    return { kind: 'secret', clientId: clientId(), secret: { path: env.ARM_CLIENT_SECRET_FILE_PATH } }
  }
  if (truthy(env.ARM_USE_OIDC)) {
    const token = oidcToken(env)
    if (!token) {
      problems.push(
        'ARM_USE_OIDC is on, but no token is named: set ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or ARM_OIDC_REQUEST_URL with ARM_OIDC_REQUEST_TOKEN (on GitHub give the job the permission `id-token: write`; in Azure Pipelines set ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID, and SYSTEM_ACCESSTOKEN from $(System.AccessToken))',
      )
    }
    const id = clientId()
    return token && { kind: 'oidc', clientId: id, token }
  }
  if (truthy(env.ARM_USE_MSI)) return { kind: 'managedIdentity', clientId: env.ARM_CLIENT_ID }
  if (env.ARM_USE_CLI === undefined || truthy(env.ARM_USE_CLI)) {
    // A client id alone means that a secret was forgotten; `az` would sign in as somebody else.
    if (!env.ARM_CLIENT_ID) return { kind: 'cli' }
    problems.push(`ARM_CLIENT_ID is set without its credential: set ${METHODS}`)
    return undefined
  }
  problems.push(`no credential is named and ARM_USE_CLI is off: set ARM_CLIENT_ID and ${METHODS}`)
  return undefined
}

const METHODS =
  'ARM_CLIENT_SECRET, ARM_CLIENT_CERTIFICATE_PATH, ARM_USE_OIDC=true with a token, or ARM_USE_MSI=true for a managed identity'

function oidcToken(env: Env): Extract<Credential, { kind: 'oidc' }>['token'] | undefined {
  if (env.ARM_OIDC_TOKEN) return { value: env.ARM_OIDC_TOKEN }
  const path = env.ARM_OIDC_TOKEN_FILE_PATH ?? env.AZURE_FEDERATED_TOKEN_FILE
  if (path) return { path }
  const serviceConnectionId = env.ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID
  const requestUrl =
    env.ARM_OIDC_REQUEST_URL ?? (serviceConnectionId ? env.SYSTEM_OIDCREQUESTURI : env.ACTIONS_ID_TOKEN_REQUEST_URL)
  const requestToken =
    env.ARM_OIDC_REQUEST_TOKEN ?? (serviceConnectionId ? env.SYSTEM_ACCESSTOKEN : env.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
  if (!requestUrl || !requestToken) return undefined
  return { requestUrl, requestToken, ...(serviceConnectionId && { serviceConnectionId }) }
}

function truthy(value: string | undefined): boolean {
  return value !== undefined && /^(1|true|yes|on)$/i.test(value)
}
