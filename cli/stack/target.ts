/** The bundled SCIM service of a stack, over its management API. */
import { managementOf } from './management.ts'
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
 * Undefined where the target is not the bundled service, or was not made yet.
 * @param servicePrincipalId of the stack's application
 * @throws when it cannot be asked
 */
export async function targetFacts(tenant: Tenant, servicePrincipalId: string): Promise<TargetFacts | undefined> {
  const { target } = tenant.config
  const management = await managementOf(tenant, servicePrincipalId)
  if (!management || target.kind === 'external') return undefined
  const { apiUrl, token } = management
  const name = target.name ?? `entrada-${tenant.stack}`
  const [{ counts }, { configurations }] = await Promise.all([
    askService<{ counts: { licensed: number; waiting: number } }>(apiUrl, token),
    askService<{ configurations: { secrets: { expiresAt: string }[] }[] }>(
      `${apiUrl}/configurations?name=${encodeURIComponent(name)}`,
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
