/** The application's own side: whether its addresses answer, from here and as Entra sees them. */
import type { StackConfig } from '../../../config/schema.ts'
import type { GraphSettings } from '../../../provider/graph/settings.ts'
import { createApi } from '../../../provider/resources/scimConfiguration/api.ts'
import type { Management } from '../../stack/management.ts'
import type { Env } from '../../stack/tenant.ts'
import { notChecked, ok, parted, problem, type Result, type Said, warning } from '../finding.ts'

type Target = StackConfig['target']
export type External = Extract<Target, { kind: 'external' }>
export type Local = Extract<Target, { kind: 'local' }>
export type ContainerApp = Extract<Target, { kind: 'containerApp' }>

/** What stands between here and there answers with these. */
const BY_A_PROXY = [502, 503, 504]

/** Any answer of the target itself will do: without a token it is 401. */
export async function checkReachable(key: string, url: string, signal: AbortSignal): Promise<Result> {
  const shown = `${key} ${url.split('?', 1)[0]}`
  let status: number
  let location: string | null
  try {
    const response = await fetch(url, { signal, redirect: 'manual' })
    await response.body?.cancel()
    status = response.status
    location = response.headers.get('location')
  } catch (error) {
    signal.throwIfAborted()
    return { said: [unreachable(shown, url, error as Error)] }
  }
  if (BY_A_PROXY.includes(status)) {
    return problem(
      `${shown} answers ${status}`,
      'the service behind it is down, or a proxy on the way does not let you through',
    )
  }
  if (status >= 300 && status < 400) {
    const to = location?.split('?', 1)[0] ?? 'nowhere'
    return warning(
      `${shown} answers ${status} and points to ${to}`,
      `check ${key}: Entra wants the answer at that very address`,
    )
  }
  return ok(`${shown} answers (${status})`)
}

const UNKNOWN_AUTHORITY =
  'its certificate is of no authority that is known here: let it send the whole chain, up to a public authority'

const CERTIFICATES: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it',
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check this machine's clock",
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: use the name that it was made for',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: Entra takes those of public authorities only',
  SELF_SIGNED_CERT_IN_CHAIN:
    'an authority of its own signed its certificate: Entra takes those of public authorities only',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
}

const NETWORK: Record<string, string> = {
  ENOTFOUND: 'there is no such name: check the address for a misspelling',
  EAI_AGAIN: "names cannot be looked up just now: check this machine's network",
  ECONNREFUSED: 'nothing listens there: check the port, and that the service runs',
  ECONNRESET: 'it cuts the connection: check the port, and whether it wants https',
  EHOSTUNREACH: 'there is no way to it: check network and firewall',
  ENETUNREACH: 'there is no way to it: check network and firewall',
  ETIMEDOUT: 'it does not answer: check firewall and port',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer: check firewall and port',
  UND_ERR_HEADERS_TIMEOUT: 'it takes the connection and does not answer: look at the service',
  EPROTO: 'it does not speak TLS there: check the port, and http or https',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: check the port, and http or https',
}

function unreachable(shown: string, url: string, error: Error): Said {
  const cause = causeOf(error)
  const code = cause.code ?? ''
  const { host } = new URL(url)
  const known =
    CERTIFICATES[code] ?? NETWORK[code] ?? `the request fails: check network and proxy on the way to ${host}`
  const { seen: why, fix } = parted(known, ': ', '')
  const state = code === 'ENOTFOUND' || code in CERTIFICATES || code === 'ECONNREFUSED' ? 'problem' : 'warning'
  return {
    state,
    seen: `${shown} cannot be reached (${code || cause.message || error.message}): ${why}`,
    fix: state === 'problem' ? fix : `${fix}; Entra may reach it all the same`,
  }
}

/** Where a name has several addresses, each of them failed. */
function causeOf(error: Error): Error & { code?: string } {
  const cause = (error.cause ?? error) as Error & { code?: string; errors?: (Error & { code?: string })[] }
  return cause.code || !cause.errors?.[0] ? cause : cause.errors[0]
}

/** Entra calls from the internet; only a tenant in a box calls from this machine. */
export function checkSeenFromEntra(urls: readonly string[], { cloud }: GraphSettings): Result {
  const isBox = 'metadataHost' in cloud && isLoopback(new URL(`https://${cloud.metadataHost}`).hostname)
  if (isBox) return ok('the tenant is a sandbox on this machine, which reaches what this machine reaches')
  if (urls.length === 0) return notChecked('no address is known yet')
  const said = urls.flatMap((url): Said[] => {
    const { host, hostname } = new URL(url)
    if (isLoopback(hostname))
      return [{ state: 'problem', seen: `Entra cannot reach ${host}: that is this machine to everybody`, fix: PUBLIC }]
    if (isPrivate(hostname))
      return [
        { state: 'problem', seen: `Entra cannot reach ${host}: that address is of a private network`, fix: PUBLIC },
      ]
    return []
  })
  return said.length > 0 ? { said } : ok('the addresses are public')
}

const PUBLIC = 'give the application an address on the internet, with a certificate of a public authority'

const isLoopback = (hostname: string) => hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')

/** Source: RFC 1918, RFC 4193, RFC 3927. */
const isPrivate = (hostname: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(hostname) ||
  /\.(local|internal|lan)$/.test(hostname)

/** The management API of the bundled SCIM service, which makes the provisioning configuration. */
export async function checkManagement(target: Local, env: Env, signal: AbortSignal): Promise<Result> {
  const apiUrl = target.apiUrl ?? env.ENTRADA_SCIM_API_URL
  if (!apiUrl) {
    return problem(
      'the address of the SCIM service is not known',
      'set ENTRADA_SCIM_API_URL, or entrada:target.apiUrl; npm start gives it',
    )
  }
  const token = env.ENTRADA_SCIM_ADMIN_TOKEN
  if (!token) {
    return problem(
      'ENTRADA_SCIM_ADMIN_TOKEN is not set, and the SCIM service wants it',
      'set it to the admin token that the service was started with',
    )
  }
  return askManagement({ apiUrl, token }, problem, signal)
}

/** @param told how a service that does not answer, or refuses, is told of */
export async function askManagement(
  { apiUrl, token }: Management,
  told: typeof problem | typeof warning,
  signal: AbortSignal,
): Promise<Result> {
  try {
    const { counts } = await createApi({ apiUrl, fetch, signal, token: async () => token }).tenant()
    return ok(`the SCIM service at ${apiUrl} takes the token (${counts.users} users)`)
  } catch (error) {
    signal.throwIfAborted()
    const { message } = error as Error
    const at = message.search(/ (Check|The management) /)
    return at < 0
      ? told(message, 'look at the log of the SCIM service')
      : told(message.slice(0, at), message.slice(at + 1))
  }
}
