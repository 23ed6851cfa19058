/** The bundled SCIM service of a stack, over its management API. */
import type { Tenant } from './tenant.ts'

export interface TargetFacts {
  /** Users who have the licence that they are to have, and those who wait for one. */
  licensed: number
  waiting: number
  /** When the last of the stack's client secrets ends, ISO 8601; null where it has none. */
  secretExpires: string | null
}

const ANSWER_LIMIT_MS = 10_000

/**
 * Undefined where the target is not the bundled service.
 * @throws when it cannot be asked
 */
export async function targetFacts({ stack, config, env }: Tenant): Promise<TargetFacts | undefined> {
  const { target } = config
  if (target.kind !== 'local') return undefined
  const apiUrl = target.apiUrl ?? env.ENTRADA_SCIM_API_URL
  const token = env.ENTRADA_SCIM_ADMIN_TOKEN
  if (!apiUrl || !token) throw new Error('ENTRADA_SCIM_API_URL and ENTRADA_SCIM_ADMIN_TOKEN are not set')
  const name = target.name ?? `entrada-${stack}`
  const [{ counts }, { configurations }] = await Promise.all([
    askService<{ counts: { licensed: number; waiting: number } }>(apiUrl, token),
    askService<{ configurations: { secrets: { expiresAt: string }[] }[] }>(
      `${apiUrl.replace(/\/+$/, '')}/configurations?name=${encodeURIComponent(name)}`,
      token,
    ),
  ])
  const ends = configurations.flatMap(({ secrets }) => secrets.map(({ expiresAt }) => expiresAt)).sort()
  return { licensed: counts.licensed, waiting: counts.waiting, secretExpires: ends.at(-1) ?? null }
}

/** @throws when the service cannot be reached, or refuses */
export async function askService<T>(url: string, token: string): Promise<T> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    throw new Error(`the SCIM service at ${url} cannot be reached: ${cause}`)
  })
  if (!response.ok) throw new Error(`the SCIM service answered ${response.status} to GET ${url}`)
  return (await response.json()) as T
}
