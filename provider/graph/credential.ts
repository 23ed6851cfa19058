import { readFile } from 'node:fs/promises'
import type { TokenCredential } from '@azure/identity'
import type { Clock } from './clock.ts'
import type { GraphSettings } from './settings.ts'

/** @azure/identity is loaded only when a token is needed: an update that changes nothing calls nobody. */
export async function createCredential(
  settings: GraphSettings,
  login: string,
  fetch: typeof globalThis.fetch,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity')
  const { tenantId, credential } = settings
  // Login hosts of a private cloud or a sandbox are not known to Microsoft's instance discovery.
  const options = { authorityHost: login, disableInstanceDiscovery: 'metadataHost' in settings.cloud }
  switch (credential.kind) {
    case 'secret': {
      const { secret } = credential
      const text = 'value' in secret ? secret.value : await readText('ARM_CLIENT_SECRET_FILE_PATH', secret.path)
      return new identity.ClientSecretCredential(tenantId, credential.clientId, text, options)
    }
    case 'certificate':
      return new identity.ClientCertificateCredential(tenantId, credential.clientId, await pemOf(credential), options)
    case 'oidc': {
      const assertion = () => oidcAssertion(credential.token, fetch)
      return new identity.ClientAssertionCredential(tenantId, credential.clientId, assertion, options)
    }
    case 'managedIdentity':
      return credential.clientId
        ? new identity.ManagedIdentityCredential({ clientId: credential.clientId })
        : new identity.ManagedIdentityCredential()
    case 'cli':
      return new identity.AzureCliCredential({ tenantId })
  }
}

async function readText(variable: string, path: string): Promise<string> {
  return (await readBytes(variable, path)).toString('utf8').trim()
}

async function readBytes(variable: string, path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${variable} is '${path}', which cannot be read (${error.code})`)
  })
}

type Certificate = Extract<GraphSettings['credential'], { kind: 'certificate' }>

/** PEM only: @azure/identity reads no PKCS#12. */
async function pemOf(credential: Certificate): Promise<{ certificate: string; certificatePassword?: string }> {
  const bytes =
    'base64' in credential.certificate
      ? Buffer.from(credential.certificate.base64, 'base64')
      : await readBytes('ARM_CLIENT_CERTIFICATE_PATH', credential.certificate.path)
  const certificate = bytes.toString('utf8')
  if (!certificate.includes('-----BEGIN')) {
    throw new Error(
      'The client certificate is not PEM text: convert it with `openssl pkcs12 -in client.pfx -nodes -out client.pem`, and name it by ARM_CLIENT_CERTIFICATE_PATH',
    )
  }
  return { certificate, certificatePassword: credential.password }
}

type OidcToken = Extract<GraphSettings['credential'], { kind: 'oidc' }>['token']

export async function oidcAssertion(token: OidcToken, fetch: typeof globalThis.fetch): Promise<string> {
  if ('value' in token) return token.value
  if ('path' in token) return readText('ARM_OIDC_TOKEN_FILE_PATH', token.path)
  const url = new URL(token.requestUrl)
  const headers = { Authorization: `Bearer ${token.requestToken}` }
  if (token.serviceConnectionId) {
    url.searchParams.set('api-version', '7.1')
    url.searchParams.set('serviceConnectionId', token.serviceConnectionId)
    return tokenFrom(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' } }, fetch)
  }
  url.searchParams.set('audience', 'api://AzureADTokenExchange')
  return tokenFrom(url, { headers }, fetch)
}

/** GitHub calls it `value`, Azure Pipelines `oidcToken`. */
async function tokenFrom(url: URL, init: RequestInit, fetch: typeof globalThis.fetch): Promise<string> {
  const response = await fetch(url, init)
  const { value, oidcToken } = (await response.json().catch(() => ({}))) as { value?: string; oidcToken?: string }
  const token = value ?? oidcToken
  if (response.ok && token) return token
  throw new Error(
    `${url.host} gave no OIDC token (status ${response.status}): check the pipeline's permission to ask for one`,
  )
}

/** Tokens are renewed this long before they end. */
const RENEW_BEFORE = 5 * 60_000

export interface TokenSource {
  token(scope: string): Promise<string>
  /** The next token is asked for, whatever is held. */
  forget(scope: string): void
}

/** One token at a time for a scope, whoever asks; the error says as whom and where the sign-in failed. */
export function tokenSource(
  settings: GraphSettings,
  login: string,
  credential: () => Promise<TokenCredential>,
  clock: Clock,
): TokenSource {
  const held = new Map<string, { token: Promise<string>; renewAt: number }>()
  const token = (scope: string): Promise<string> => {
    const current = held.get(scope)
    if (current && clock.now() < current.renewAt) return current.token
    const entry = { token: Promise.resolve(''), renewAt: Number.POSITIVE_INFINITY }
    entry.token = credential()
      .then((source) => source.getToken(scope))
      .then((token) => {
        if (!token) throw new Error('no token was given')
        entry.renewAt = token.expiresOnTimestamp - RENEW_BEFORE
        return token.token
      })
      .catch((error: Error) => {
        if (held.get(scope) === entry) held.delete(scope)
        throw new Error(signInFailure(settings, login, error))
      })
    held.set(scope, entry)
    return entry.token
  }
  return { token, forget: (scope) => void held.delete(scope) }
}

function signInFailure({ tenantId, credential }: GraphSettings, login: string, error: Error): string {
  const who = 'clientId' in credential && credential.clientId ? `client ${credential.clientId}` : credential.kind
  const advice =
    ADVICE.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'Check the ARM_ variables of this stack.'
  return `Could not sign in to tenant ${tenantId} at ${login} as ${who}: ${reasonOf(error)}\n${advice}`
}

/** Entra's own sentence, out of what the libraries put around it. */
function reasonOf({ message }: Error): string {
  return (/AADSTS\d+:.*/s.exec(message)?.[0] ?? message).split('Trace ID')[0]!.trim()
}

/** Source of the codes: Microsoft Entra authentication and authorization error codes. */
const ADVICE: [RegExp, string][] = [
  [/AADSTS7000215/, "ARM_CLIENT_SECRET is wrong: take the secret's value, not its id."],
  [/AADSTS7000222/, 'The client secret has expired: make a new one and set ARM_CLIENT_SECRET.'],
  [
    /AADSTS700016/,
    'ARM_CLIENT_ID names no application of this tenant: check both ids, and that consent was given in the tenant.',
  ],
  [/AADSTS(90002|900023)/, 'ARM_TENANT_ID names no tenant.'],
  [
    /AADSTS7002(1|11|12|13)/,
    'The federated credential of the application does not match this pipeline: compare issuer, subject and audience.',
  ],
  [/Azure CLI|az login/, 'Sign in with `az login`, or set ARM_CLIENT_ID and ARM_CLIENT_SECRET.'],
]
