import { comparisonKey, foldText } from '../filter/fold.ts'
import type { Json } from '../filter/match.ts'
import { type IndexedAttribute, indexedAttributes } from '../filter/sql/indexed.ts'
import type { Attribute, ResourceType } from '../schema/model.ts'
import { findAttribute } from '../schema/registry.ts'

/** The columns that a document is looked up by. */
export interface Keys {
  userName: string | null
  displayName: string | null
  externalId: string | null
  active: boolean
}

export function keysOf(attributes: Json): Keys {
  const folded = (name: string): string | null =>
    typeof attributes[name] === 'string' ? foldText(attributes[name]) : null
  return {
    userName: folded('userName'),
    displayName: folded('displayName'),
    externalId: typeof attributes.externalId === 'string' ? attributes.externalId : null,
    active: attributes.active !== false,
  }
}

/** A row of table attr_value, as function put_values reads it. */
export interface ValueRow {
  path: string
  no: number
  type: string | null
  value: string | null
  prime: boolean | null
  uniq: boolean
}

export function valueRows(type: ResourceType, attributes: Json): ValueRow[] {
  return indexedAttributes(type).flatMap((indexed) => {
    const { schema, attribute } = indexed
    const holder = schema ? (attributes[schema.id] as Json | undefined) : attributes
    const value = holder?.[attribute.name]
    const elements = value === undefined ? [] : Array.isArray(value) ? value : [value]
    return elements.map((element, no) => valueRow(indexed, element, no))
  })
}

/** The attributes whose rows differ, and their new rows. */
export function changedValues(type: ResourceType, before: Json, after: Json): { paths: string[]; rows: ValueRow[] } {
  const was = Map.groupBy(valueRows(type, before), (row) => row.path)
  const is = Map.groupBy(valueRows(type, after), (row) => row.path)
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter(
    (path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)),
  )
  return { paths, rows: paths.flatMap((path) => is.get(path) ?? []) }
}

function valueRow({ attribute, path, unique }: IndexedAttribute, element: unknown, no: number): ValueRow {
  const key = (of: Attribute | undefined, value: unknown): string | null =>
    of && typeof value === 'string' ? comparisonKey(of, value) : null
  const row = { path, no, uniq: unique }
  if (attribute.type !== 'complex') return { ...row, type: null, value: key(attribute, element), prime: null }
  const { type, value, primary } = element as Json
  const sub = (name: string): Attribute | undefined => findAttribute(attribute.subAttributes, name)
  const prime = typeof primary === 'boolean' ? primary : null
  return { ...row, type: key(sub('type'), type), value: key(sub('value'), value), prime }
}
