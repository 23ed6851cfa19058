/** Names of Entra tenants: an object id or a verified domain. */
import { endpointsOf } from './cloud.ts'
import { isObjectId } from './odata.ts'
import { cloudOf, type Env } from './settings.ts'

const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i

/** Not `common` or `organizations`, which mean whoever signs in. */
export function isTenantName(text: string): boolean {
  return isObjectId(text) || DOMAIN.test(text)
}

/**
 * Whether two names mean one tenant. Asks the login host, without signing in, only where one of them is a domain and
 * they differ (OpenID Connect Discovery 1.0 §4: the issuer carries the id).
 * @throws when the login host does not know one of them, or cannot be reached
 */
export async function sameTenant(a: string, b: string, env: Env, fetch = globalThis.fetch): Promise<boolean> {
  if (a.toLowerCase() === b.toLowerCase()) return true
  if (isObjectId(a) && isObjectId(b)) return false
  const problems: string[] = []
  const cloud = cloudOf(env, problems)
  if (!cloud) throw new Error(problems.join('\n'))
  const { login } = await endpointsOf(cloud, fetch)
  const [one, other] = await Promise.all([a, b].map((name) => idOf(name, login, fetch)))
  return one === other
}

async function idOf(name: string, login: string, fetch: typeof globalThis.fetch): Promise<string> {
  if (isObjectId(name)) return name.toLowerCase()
  const response = await fetch(`${login}/${encodeURIComponent(name)}/v2.0/.well-known/openid-configuration`)
  const { issuer } = (await response.json().catch(() => ({}))) as { issuer?: string }
  const id = issuer && new URL(issuer).pathname.split('/')[1]
  if (!response.ok || !id) throw new Error(`'${name}' names no tenant at ${login} (status ${response.status})`)
  return id.toLowerCase()
}
