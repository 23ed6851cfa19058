import type { Licence } from './inputs.ts'

/** A provisioning configuration as the service's management API shows it; the secret comes only when it is made. */
export interface Configuration {
  id: string
  name: string
  defaultLicence: Licence
  managedBy: string | null
  tenantUrl: string
  tokenEndpoint: string
  clientId: string
  /** The oldest first; two at most are valid. */
  secrets: SecretRecord[]
}

/** Times are the service's, ISO 8601. */
export interface SecretRecord {
  id: string
  createdAt: string
  expiresAt: string
  /** To the minute; null before the first token was asked for with it. */
  lastUsedAt: string | null
}

export type NewSecret = Omit<SecretRecord, 'lastUsedAt'> & { clientSecret: string }

export interface ApiOptions {
  apiUrl: string
  fetch: typeof globalThis.fetch
  /** A bearer token for the management API. */
  token: () => Promise<string>
  signal: AbortSignal
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly configurationId: string | undefined
  constructor(message: string, status: number, code: string, configurationId: string | undefined) {
    super(message)
    this.status = status
    this.code = code
    this.configurationId = configurationId
  }
}

/** No answer came; what was asked may have been done. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

const ANSWER_LIMIT_MS = 30_000

export function createApi({ apiUrl, fetch, token, signal }: ApiOptions) {
  const base = apiUrl.replace(/\/+$/, '')

  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const url = `${base}${path}`
    const headers = {
      Authorization: `Bearer ${await token()}`,
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    }
    const response = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch((error: Error) => {
      signal.throwIfAborted()
      const cause = error.cause instanceof Error ? error.cause.message : error.message
      throw new Unreachable(
        `The SCIM service at ${base} cannot be reached: ${cause}. Check apiUrl, and that the service runs.`,
      )
    })
    const text = await response.text()
    if (!response.ok) throw failure(method, url, response.status, text)
    return (text ? JSON.parse(text) : undefined) as T
  }

  const one = (id: string) => `/configurations/${encodeURIComponent(id)}`
  return {
    /** The tenant whose management address this is. */
    tenant: () => call<{ counts: { users: number } }>('GET', ''),
    setLicences: (licences: Partial<Record<Licence, number>>) => call<void>('PUT', '', { licences }),
    create: (settings: { name: string; defaultLicence: Licence; managedBy: string }) =>
      call<Configuration & { clientSecret: string }>('POST', '/configurations', settings),
    get: (id: string) => call<Configuration>('GET', one(id)),
    change: (id: string, changes: { name: string; defaultLicence: Licence }) => call<void>('PATCH', one(id), changes),
    remove: (id: string) => call<void>('DELETE', one(id)),
    /** Of more than two the service ends the oldest, used or not. */
    newSecret: (id: string) => call<NewSecret>('POST', `${one(id)}/secrets`, { retireOthers: 'never' }),
    endSecret: (id: string, secretId: string) =>
      call<void>('DELETE', `${one(id)}/secrets/${encodeURIComponent(secretId)}`),
  }
}

export type Api = ReturnType<typeof createApi>

function failure(method: string, url: string, status: number, text: string): ApiError {
  let error: { code?: string; message?: string; configurationId?: string } = {}
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {}
  } catch {
    // Not the service's own answer; its status says enough.
  }
  const advice =
    error.code === 'role_missing'
      ? ''
      : status === 401 || status === 403
        ? ' The management credential was refused: check ENTRADA_SCIM_ADMIN_TOKEN, or the app role of the calling application where `audience` is set.'
        : status === 404 && !error.code
          ? ' Check apiUrl: it is the management address of one tenant.'
          : ''
  const said = error.message ? `: ${error.message}` : ''
  return new ApiError(
    `${method} ${url} failed with status ${status}${said}.${advice}`,
    status,
    error.code ?? '',
    error.configurationId,
  )
}
