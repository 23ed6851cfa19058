import { indexedAttributes } from '../filter/columns.ts'
import { comparisonKey, foldText } from '../filter/fold.ts'
import type { Json } from '../filter/match.ts'
import { enterpriseSchema } from '../schema/extensions.ts'
import type { Attribute } from '../schema/model.ts'
import { findAttribute, resolveAttribute, userType } from '../schema/registry.ts'

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
}

export function valueRows(attributes: Json): ValueRow[] {
  return indexedAttributes.flatMap((name) => {
    const { attribute, schema } = resolveAttribute(userType, name)!
    const holder = schema ? (attributes[enterpriseSchema.id] as Json | undefined) : attributes
    const value = holder?.[name]
    const elements = value === undefined ? [] : ((Array.isArray(value) ? value : [value]) as Json[])
    return elements.map((element, no) => valueRow(attribute, element, no))
  })
}

/** The attributes whose rows differ, and their new rows. */
export function changedValues(before: Json, after: Json): { paths: string[]; rows: ValueRow[] } {
  const was = Map.groupBy(valueRows(before), (row) => row.path)
  const is = Map.groupBy(valueRows(after), (row) => row.path)
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter(
    (path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)),
  )
  return { paths, rows: paths.flatMap((path) => is.get(path) ?? []) }
}

function valueRow(attribute: Attribute, element: Json, no: number): ValueRow {
  const text = (name: string): string | null => {
    const sub = findAttribute(attribute.subAttributes, name)
    return sub && typeof element[name] === 'string' ? comparisonKey(sub, element[name]) : null
  }
  const prime = typeof element.primary === 'boolean' ? element.primary : null
  return { path: attribute.name, no, type: text('type'), value: text('value'), prime }
}
