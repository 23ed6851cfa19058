/** What the sandbox's control surface and the SCIM service's management API say; plain HTTP, errors with their text. */
import type { Services } from '../local/services.ts'

export interface Counts {
  created: number
  updated: number
  disabled: number
  deleted: number
  skipped: number
  failed: number
}

export interface Cycle {
  kind: 'initial' | 'incremental'
  state: string
  users: Counts
  groups: Counts
  began: string
  seconds: number
}

export interface TargetCounts {
  users: number
  groups: number
  licensed: number
  waiting: number
}

/** The newest cycle of the job that began after `since` (milliseconds), else one that is run now. */
export async function latestCycle(services: Services, jobId: string, since: number): Promise<Cycle> {
  const { control } = services.sandbox
  const cycles = await json<Cycle[]>(`${control}/cycles?jobId=${encodeURIComponent(jobId)}`)
  const latest = cycles.sort((a, b) => Date.parse(a.began) - Date.parse(b.began)).at(-1)
  if (latest && Date.parse(latest.began) >= since) return latest
  return json<Cycle>(`${control}/cycle`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobId }),
  })
}

export async function targetCounts(services: Services): Promise<TargetCounts> {
  const { apiUrl, adminToken } = services.scim
  const { counts } = await json<{ counts: TargetCounts }>(apiUrl, {
    headers: { authorization: `Bearer ${adminToken}` },
  })
  return counts
}

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${response.status} ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}
