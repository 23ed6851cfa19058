import type { Resource } from '../../../sync/scim/path.ts'
import type { Pool } from '../decide/totals.ts'
import { type TargetReader, TargetUnreadable } from './scim.ts'

export interface BundledOptions {
  /** The management address of one tenant. */
  apiUrl: string
  token: string
  fetch: typeof globalThis.fetch
}

/** The bundled SCIM service by its management API: it shows what was provisioned, and the licences. */
export interface BundledReader extends TargetReader {
  pool(type: string): Promise<Pool>
}

interface Page {
  resources: Resource[]
  next: string | null
}

interface TenantView {
  licences: Record<string, number | null>
  counts: { byType: Record<string, { licensed: number; waiting: number }> }
}

const PAGE = 1000

/** Attributes whose values the service keeps unique: its own schemas say so. */
const UNIQUE = { user: ['userName'], group: ['displayName'] }

export function bundledReader({ apiUrl, token, fetch }: BundledOptions): BundledReader {
  const base = apiUrl.replace(/\/+$/, '')
  async function get<T>(path: string): Promise<T> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${base}${path}`, { headers }).catch((error: Error) => {
      const cause = error.cause instanceof Error ? error.cause.message : error.message
      throw new TargetUnreadable(`the SCIM service at ${base} cannot be reached: ${cause}`)
    })
    if (answer.ok) return (await answer.json()) as T
    const refused = answer.status === 401 ? '; check ENTRADA_SCIM_ADMIN_TOKEN' : ''
    throw new TargetUnreadable(`GET ${base}${path.split('?')[0]} was answered ${answer.status}${refused}`)
  }
  return {
    async *read(kind) {
      for (let after: string | null = ''; after !== null; ) {
        const place: string = after === '' ? '' : `&after=${after}`
        const page: Page = await get(`/resources?type=${kind === 'user' ? 'User' : 'Group'}&count=${PAGE}${place}`)
        yield* page.resources
        after = page.next
      }
    },
    unique: async (kind) => UNIQUE[kind],
    async pool(type) {
      const { licences, counts } = await get<TenantView>('')
      const { licensed = 0, waiting = 0 } = counts.byType[type] ?? {}
      return { type, seats: licences[type] ?? null, held: licensed, waiting }
    },
  }
}
