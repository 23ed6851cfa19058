import { type Graph, GraphError } from '../../../provider/graph/client.ts'

/** One object of a delta query; references come as `members@delta` and `manager@delta`. */
export interface DeltaItem {
  id: string
  '@removed'?: { reason: string }
  [property: string]: unknown
}

export interface Reference {
  id: string
  '@odata.type'?: string
  '@removed'?: { reason: string }
}

interface Page {
  value: DeltaItem[]
  '@odata.nextLink'?: string
  '@odata.deltaLink'?: string
}

/** All pages from a first request or a delta link on, one item at a time; the link of the next round at the end. */
export async function readDelta(graph: Graph, from: string, onItem: (item: DeltaItem) => void): Promise<string> {
  for (let next = from; ; ) {
    const page: Page = await graph.get(next)
    for (const item of page.value) onItem(item)
    const link = page['@odata.deltaLink']
    if (link !== undefined) return link
    next = page['@odata.nextLink']!
  }
}

/** The link has expired, or the service wants everything to be read again (Graph: delta query, 410). */
export const mustStartAgain = (error: unknown): boolean => error instanceof GraphError && error.status === 410
