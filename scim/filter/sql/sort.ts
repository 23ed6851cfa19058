import { badRequest, clip } from '../../errors.ts'
import type { ResourceType } from '../../schema/model.ts'
import { findAttribute, type ResolvedAttribute, resolveAttribute } from '../../schema/registry.ts'
import { type Place, sourceOf } from './attributes.ts'
import { quoted } from './parameters.ts'
import type { Field, Source } from './source.ts'

/** What resources are ordered by, and as what type of SQL it is compared. */
export interface SortKey {
  sql: string
  type: 'text' | 'boolean' | 'uuid' | 'timestamptz' | 'numeric'
}

/**
 * The attribute that `sortBy` names, of a complex one its `value`. Undefined where only one of `peers` has it. Throws 400
 * `invalidPath`: RFC 7644 leaves unknown names open.
 */
export function sortTarget(
  type: ResourceType,
  sortBy: string,
  peers: ResourceType[] = [],
): ResolvedAttribute | undefined {
  const found = resolveAttribute(type, sortBy)
  const wrong = (what: string) => badRequest('invalidPath', `sortBy ${JSON.stringify(clip(sortBy))} ${what}`)
  if (!found) {
    if (peers.some((peer) => resolveAttribute(peer, sortBy))) return undefined
    throw wrong(`is no attribute of ${type.name}`)
  }
  const sub = found.sub ?? findAttribute(found.attribute.subAttributes, 'value')
  if (found.attribute.type === 'complex' && !sub) throw wrong('has sub-attributes; name the one to sort by')
  if ((sub ?? found.attribute).type === 'binary') throw wrong('is binary, which has no order')
  for (const each of [found.attribute, sub]) {
    if (each?.returned === 'never' || each?.mutability === 'writeOnly') throw wrong('is never returned')
  }
  return { ...found, ...(sub && { sub }) }
}

/** The value that stands for the attribute in the row `r`: of several the primary one, else the first. RFC 7644 §3.4.2.3. */
export function sortKey(place: Place, target: ResolvedAttribute): SortKey {
  const wanted = target.sub ?? target.attribute
  let type: SortKey['type'] = 'text'
  const keyOf = (source: Source): string => {
    if (source.kind === 'elements') return source.first(wanted, (element) => keyOf(element(wanted)))
    if (source.kind === 'choices') {
      return `CASE ${source.choices.map(({ value, when }) => `WHEN ${when} THEN ${quoted(value)}`).join(' ')} END`
    }
    type = sqlTypes[source.type]
    return source.sql
  }
  const sql = keyOf(sourceOf(place, target))
  return { sql: type === 'text' ? `(${sql}) COLLATE "C"` : sql, type }
}

const sqlTypes: Record<Field['type'], SortKey['type']> = {
  text: 'text',
  boolean: 'boolean',
  uuid: 'uuid',
  instant: 'timestamptz',
  number: 'numeric',
}
