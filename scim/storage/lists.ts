import type { Plan } from '../filter/plan.ts'
import type { Place } from '../filter/sql/attributes.ts'
import { compileFilter } from '../filter/sql/compile.ts'
import { Parameters } from '../filter/sql/parameters.ts'
import { type SortKey, sortKey } from '../filter/sql/sort.ts'
import { listLimits } from '../limits.ts'
import type { Projection } from '../resource/projection.ts'
import type { Stored } from '../resource/render.ts'
import type { ResourceType } from '../schema/model.ts'
import type { ResolvedAttribute } from '../schema/registry.ts'
import type { Queryable } from './database.ts'
import { columns } from './resources.ts'

/** Resources of one or several types, in one order. */
export interface Selection {
  tenant: number
  /** The tenant's URL, without a slash at the end. */
  base: string
  parts: Part[]
  /** Undefined: in order of creation. */
  order?: 'ascending' | 'descending'
}

/** What is selected of one type. `sortBy` undefined in a sorted selection: the type lacks the attribute. */
export interface Part {
  type: ResourceType
  plan?: Plan
  sortBy?: ResolvedAttribute
  projection: Projection
}

/** A row's place in the order. `key`: what it is sorted by, as text; null also where nothing is. */
export interface Position {
  key: string | null
  seq: number
}

export type Listed = Stored & { type: ResourceType['name']; seq: number; sort_text?: string | null }

/** `limit` resources that come after the first `offset` ones. */
export async function listFrom(
  database: Queryable,
  selection: Selection,
  offset: number,
  limit: number,
): Promise<Listed[]> {
  if (selection.order === 'descending' && offset === 0) {
    return await fromSegments(database, selection, [beginning('absent'), beginning('present')], limit)
  }
  return await readRows(database, selection, limit, offset)
}

/** `limit` resources that come after a position, at a cost that does not depend on how many come before. */
export async function listAfter(
  database: Queryable,
  selection: Selection,
  position: Position,
  limit: number,
): Promise<Listed[]> {
  if (!selection.order) return await readRows(database, selection, limit, 0, { of: 'all', ...position })
  const first: Segment = { of: position.key === null ? 'absent' : 'present', ...position }
  const isLast = (selection.order === 'ascending') === (position.key === null)
  const next = isLast ? [] : [beginning(position.key === null ? 'present' : 'absent')]
  return await fromSegments(database, selection, [first, ...next], limit)
}

/**
 * The resources after a position: `of` all, or of those whose value to sort by is present or absent. The latter stand
 * together, last in ascending order and first in descending order (RFC 7644 §3.4.2.3); each has a query of its own, which can
 * follow an index.
 */
type Segment = Position & { of: 'all' | 'present' | 'absent' }

const beginning = (of: 'present' | 'absent'): Segment => ({ of, key: null, seq: 0 })

async function fromSegments(
  database: Queryable,
  selection: Selection,
  segments: Segment[],
  limit: number,
): Promise<Listed[]> {
  const rows: Listed[] = []
  for (const segment of segments) {
    if (rows.length < limit) rows.push(...(await readRows(database, selection, limit - rows.length, 0, segment)))
  }
  return rows
}

/** How many resources are selected; exact. Without a filter it is not counted but known. */
export async function countSelected(database: Queryable, { tenant, base, parts }: Selection): Promise<number> {
  const parameters = new Parameters()
  const number = `${parameters.bind(tenant)}::int`
  const counts = parts.map(({ type, plan }) =>
    plan
      ? `(SELECT count(*) FROM resource r WHERE ${selected({ type, tenant: number, base, parameters }, plan)})`
      : `(SELECT coalesce(sum(n), 0)::bigint FROM resource_count WHERE tenant = ${number} AND type = '${type.name}')`,
  )
  const [row] = await database.query<{ total: number }>(`SELECT ${counts.join(' + ')} AS total`, parameters.values)
  return row!.total
}

async function readRows(
  database: Queryable,
  { tenant, base, parts, order }: Selection,
  limit: number,
  offset: number,
  segment?: Segment,
): Promise<Listed[]> {
  const parameters = new Parameters()
  const number = `${parameters.bind(tenant)}::int`
  const places = parts.map(({ type }): Place => ({ type, tenant: number, base, parameters }))
  const keys = order ? alike(parts.map(({ sortBy }, index) => sortBy && sortKey(places[index]!, sortBy))) : undefined
  const direction = order === 'descending' ? ' DESC' : ''
  const orderBy = keys && segment?.of !== 'absent' ? `ORDER BY sort_key${direction}, seq` : 'ORDER BY seq'
  const isOne = parts.length === 1
  const skips = isOne && !keys && offset > 0 && !parts[0]!.plan
  const page = `LIMIT ${parameters.bind(limit)}::bigint OFFSET ${parameters.bind(skips ? 0 : offset)}::bigint`
  const ofEach = isOne ? page : `LIMIT ${parameters.bind(offset + limit)}::bigint`
  const selects = parts.map(({ plan }, index) => {
    const key = keys?.[index]
    const conditions = [selected(places[index]!, plan)]
    if (segment) conditions.push(inSegment(segment, direction, key, parameters))
    if (skips) conditions.push(pastOffset(offset, places[index]!))
    const rows = `SELECT r.*${key ? `, ${key.sql} AS sort_key` : ''} FROM resource r`
    return `${rows} WHERE ${conditions.join(' AND ')} ${orderBy} ${ofEach}`
  })
  const all = selects.map((select) => `(${select})`).join(' UNION ALL ')
  const rows = isOne ? selects[0] : `SELECT * FROM (${all}) r ${orderBy} ${page}`
  if (parts.some(showsMembers)) await requireFewMembers(database, rows!, parameters.values)
  const own = `${columns(parts)}${keys ? ', r.sort_key::text AS sort_text' : ''}`
  return await database.query<Listed>(`SELECT ${own} FROM (${rows}) r ${orderBy}`, parameters.values)
}

const showsMembers = ({ type, projection }: Part): boolean => type.name === 'Group' && projection.wants('members')

/** The groups of a page have more members than one answer may hold. */
export class TooManyMembers extends Error {}

async function requireFewMembers(database: Queryable, rows: string, values: Parameters['values']): Promise<void> {
  const few = `SELECT FROM (${rows}) r JOIN membership m ON m.tenant = r.tenant AND m.group_id = r.id LIMIT ${listLimits.members + 1}`
  const [row] = await database.query<{ n: number }>(`SELECT count(*) AS n FROM (${few}) few`, values)
  if (row!.n > listLimits.members) throw new TooManyMembers(`The page has more than ${listLimits.members} members`)
}

function selected(place: Place, plan: Plan | undefined): string {
  const ofType = `r.tenant = ${place.tenant} AND r.type = '${place.type.name}'`
  return plan ? `${ofType} AND ${compileFilter(place, plan)}` : ofType
}

/** Goes past rows in the index alone: reading each of them would take ten times as long. */
function pastOffset(offset: number, { type, tenant, parameters }: Place): string {
  return `r.seq >= (SELECT s.seq FROM resource s WHERE s.tenant = ${tenant} AND s.type = '${type.name}'
    ORDER BY s.seq LIMIT 1 OFFSET ${parameters.bind(offset)}::bigint)`
}

/** Keys of one type, so that they can be compared; text where theirs differ. A type without the attribute has no key. */
function alike(keys: (SortKey | undefined)[]): SortKey[] {
  const types = new Set(keys.flatMap((key) => key?.type ?? []))
  const type = types.size === 1 ? [...types][0]! : 'text'
  const collation = type === 'text' ? ' COLLATE "C"' : ''
  return keys.map((key) => (key?.type === type ? key : { sql: `(${key?.sql ?? 'NULL'})::${type}${collation}`, type }))
}

function inSegment(
  { of, key: last, seq }: Segment,
  direction: '' | ' DESC',
  key: SortKey | undefined,
  parameters: Parameters,
): string {
  if (!key || of === 'all') return `r.seq > ${parameters.bind(seq)}::bigint`
  if (of === 'absent') return `${key.sql} IS NULL AND r.seq > ${parameters.bind(seq)}::bigint`
  if (last === null) return `${key.sql} IS NOT NULL`
  const sign = direction === '' ? '>' : '<'
  const value = `${parameters.bind(last)}::${key.type}`
  return `${key.sql} ${sign}= ${value} AND (${key.sql} ${sign} ${value} OR r.seq > ${parameters.bind(seq)}::bigint)`
}
