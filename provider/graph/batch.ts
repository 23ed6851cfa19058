import type { Clock } from './clock.ts'
import { PATIENCE, pauseBefore, troubleOf } from './retry.ts'

export interface BatchItem {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the version: `/users/adele@contoso.com`. */
  url: string
  body?: unknown
  headers?: Record<string, string>
}

export interface BatchAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

interface Responses {
  responses: { id: string; status: number; headers?: Record<string, string>; body?: unknown }[]
}

/** Most requests that one $batch takes. Source: Microsoft Graph, "JSON batching". */
const BATCH_SIZE = 20
const AT_ONCE = 4

/** Answers in the order of `items`; what was throttled or is settling is asked again alone. */
export async function sendBatch(
  items: readonly BatchItem[],
  post: (body: { requests: object[] }) => Promise<Responses>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<BatchAnswer[]> {
  const answers: BatchAnswer[] = new Array(items.length)
  const began = clock.now()
  let open = items.map((_, index) => index)
  for (let tries = 1; open.length > 0; tries++) {
    await inChunks(open, async (indexes) => {
      const { responses } = await post({ requests: indexes.map((index) => request(index, items[index]!)) })
      for (const { id, status, headers = {}, body } of responses) answers[Number(id)] = { status, headers, body }
    })
    const missing = open.filter((index) => !answers[index])
    if (missing.length > 0)
      throw new Error(`Graph left ${missing.length} of ${open.length} parts of a batch unanswered`)
    const again = open.filter((index) => troubleOf(asAnswer(answers[index]!), { repeatable: true, settles: false }))
    const pause = Math.max(
      ...again.map((index) => pauseBefore(tries, asAnswer(answers[index]!).retryAfter, clock.now())),
    )
    if (again.length === 0 || clock.now() + pause - began > PATIENCE.throttled) break
    await clock.sleep(pause, signal)
    open = again
  }
  return answers
}

function request(index: number, item: BatchItem): object {
  const json = item.body === undefined ? {} : { 'Content-Type': 'application/json' }
  return { id: String(index), ...item, headers: { ...json, ...item.headers } }
}

function asAnswer({ status, headers, body }: BatchAnswer) {
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code
  const retryAfter = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1] ?? null
  return { status, retryAfter, code }
}

async function inChunks(indexes: readonly number[], send: (chunk: number[]) => Promise<void>): Promise<void> {
  const chunks: number[][] = []
  for (let start = 0; start < indexes.length; start += BATCH_SIZE) chunks.push(indexes.slice(start, start + BATCH_SIZE))
  const lane = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) await send(chunk)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, chunks.length) }, lane))
}
