import { type Graph, isNotFound } from '../../graph/client.ts'
import { isObjectId, literal, query } from '../../graph/odata.ts'
import type { Template } from '../common/graphTypes.ts'
import { nearest } from '../common/near.ts'

const FIELDS = 'id,displayName'

/** The gallery application of that name or id; the error for an unknown one says the near names. */
export async function findTemplate(graph: Graph, wanted: string): Promise<Template> {
  if (isObjectId(wanted)) {
    try {
      return await graph.get(`/applicationTemplates/${wanted}${query({ $select: FIELDS })}`)
    } catch (error) {
      if (!isNotFound(error)) throw error
      throw new Error(
        `The Entra gallery has no application with the id ${wanted}: give its name as the gallery shows it`,
      )
    }
  }
  const found = await search(graph, `displayName eq ${literal(wanted)}`)
  if (found.length === 1) return found[0]!
  if (found.length > 1) {
    const ids = found.map(({ id, displayName }) => `${displayName} (${id})`).join(', ')
    throw new Error(
      `The Entra gallery has ${found.length} applications named '${wanted}': give the id of one, out of ${ids}`,
    )
  }
  throw new Error(await unknownTemplate(graph, wanted))
}

async function unknownTemplate(graph: Graph, wanted: string): Promise<string> {
  const fragments = fragmentsOf(wanted)
  const found = await Promise.all(fragments.map((part) => search(graph, `contains(displayName,${literal(part)})`)))
  const near = nearest(
    wanted,
    found.flat().map(({ displayName }) => displayName),
  )
  const hint = near.length > 0 ? ` Did you mean ${near.map((name) => `'${name}'`).join(', ')}?` : ''
  return `The Entra gallery has no application named '${wanted}'.${hint} Names are listed in the Entra portal under Enterprise applications, New application.`
}

/** Pieces that a misspelt name is likely to share with the right one. */
function fragmentsOf(name: string): string[] {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2)
  return [...new Set([...words, name.slice(0, 3), name.slice(0, 1).toUpperCase() + name.slice(1, 4), name.slice(-4)])]
    .map((part) => part.trim())
    .filter((part) => part.length > 1)
    .slice(0, 5)
}

async function search(graph: Graph, filter: string): Promise<Template[]> {
  const page = await graph.get<{ value: Template[] }>(
    `/applicationTemplates${query({ $filter: filter, $select: FIELDS, $top: 100 })}`,
  )
  return page.value
}
