import { isObject } from '../../object.ts'
import { RESOURCE_NAMES } from '../shape/objects.ts'

/** How much of OData's control information a client asks for in its `Accept` (OData JSON format 4.01, section 3.1). */
export type MetadataLevel = 'none' | 'minimal' | 'full'

export function metadataLevel(accept: string | undefined): MetadataLevel {
  return (/odata\.metadata=(none|minimal|full)\b/i.exec(accept ?? '')?.[1]?.toLowerCase() ?? 'minimal') as MetadataLevel
}

/**
 * An answer, which is as for `minimal`, as it is for another level. With `full`, directory objects tell where they are,
 * which clients send back as references to them; with `none`, only links and counts are left.
 * @param root where the directory objects of the tenant are: `{graph}/v2/{tenant id}/directoryObjects`
 */
export function atLevel(body: unknown, level: MetadataLevel, root: string): unknown {
  if (level === 'minimal' || !isObject(body)) return body
  if (level === 'none') return withoutAnnotations(body)
  const type = typeIn(String(body['@odata.context'] ?? ''))
  if (!Array.isArray(body.value)) return located(body, type, root)
  return { ...body, value: body.value.map((one) => (isObject(one) ? located(one, type, root) : one)) }
}

const NAMES: Record<string, string | undefined> = RESOURCE_NAMES

/** The type that the context of an answer gives all objects in it, if they are of these. */
const typeIn = (context: string): string | undefined =>
  /#(user|group|application|servicePrincipal)s(?:\([^']*\))?(?:\/\$entity)?$/.exec(context)?.[1]

function located(object: Record<string, unknown>, common: string | undefined, root: string): Record<string, unknown> {
  const type = /^#microsoft\.graph\.(\w+)$/.exec(String(object['@odata.type'] ?? ''))?.[1] ?? common
  const name = type && NAMES[type]
  if (!name || typeof object.id !== 'string') return object
  const { '@odata.context': context, ...properties } = object
  return {
    ...(context === undefined ? {} : { '@odata.context': context }),
    '@odata.type': `#microsoft.graph.${type}`,
    '@odata.id': `${root}/${object.id}/Microsoft.DirectoryServices.${name}`,
    ...properties,
  }
}

/** What a client cannot do without at any level. */
const KEPT = /^@odata\.(?:nextLink|deltaLink|count)$/

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([name]) => !name.includes('@odata.') || KEPT.test(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutAnnotations(inner)]))
}
