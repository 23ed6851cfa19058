export type Scalar = string | number | boolean
export type Complex = { readonly [name: string]: Scalar }

/** What a source attribute or an expression holds. Null is "no value"; an empty string is a value of its own. */
export type Value = null | Scalar | readonly Scalar[] | readonly Complex[]

/** Reads one attribute of a source object by its Entra attribute name; null when it has no value. */
export type Source = (attribute: string) => Value

export function isList(value: Value): value is readonly Scalar[] | readonly Complex[] {
  return Array.isArray(value)
}

/** Text as the provisioning service writes it: booleans capitalised, first of several values, null as empty. */
export function textOf(value: Value): string {
  const scalar = scalarOf(value)
  if (scalar === null) return ''
  if (typeof scalar === 'boolean') return scalar ? 'True' : 'False'
  return String(scalar)
}

/** The value itself, or the first of several. */
export function scalarOf(value: Value): Scalar | null {
  if (!isList(value)) return value
  const first = value[0]
  if (first === undefined) return null
  return typeof first === 'object' ? JSON.stringify(first) : first
}

export function isEmpty(value: Value): boolean {
  return value === null || value === '' || (isList(value) && value.length === 0)
}
