/** Settings as texts under dotted names, the way columns and options have them. */
import { type JsonSchema, settingAt, settingsSchema } from '../../config/jsonSchema.ts'
import { nearest } from '../../config/nearest.ts'

const settings = settingsSchema()
const NAMES = namesIn(settings, [])

export function secretColumn(column: string): boolean {
  return /secret$/i.test(column)
}

/**
 * `{ 'target.tenantUrl': …, labels: 'eu;pilot' }` → `{ target: { tenantUrl: … }, labels: ['eu', 'pilot'] }`. Values are
 * not checked, but have their type where they can be of it.
 * @returns what cannot be put down so, one line each
 */
export function settingsOfCells(cells: Readonly<Record<string, string>>) {
  const found: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [column, text] of Object.entries(cells)) {
    const path = column.split('.')
    const type = NAMES.includes(column) ? settingAt(settings, path) : undefined
    if (!type) faults.push(`${column} is not a setting of one value: ${hint(column)}`)
    else put(found, path, typed(text, type))
  }
  return { settings: found, faults }
}

function hint(column: string): string {
  const meant = nearest(column, NAMES)
  return meant ? `did you mean ${meant}?` : `use ${NAMES.join(', ')}`
}

function typed(text: string, { type }: JsonSchema): unknown {
  if (type === 'array') return text.split(';').map((item) => item.trim())
  if (type === 'integer' && /^\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

function put(bag: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) bag[key] = value
  else {
    bag[key] ??= {}
    put(bag[key] as Record<string, unknown>, rest, value)
  }
}

/** Scalars and lists of scalars, but no secrets. */
function namesIn(type: JsonSchema, at: readonly string[]): string[] {
  if (type.not !== undefined) return []
  if (type.anyOf) return [...new Set(type.anyOf.flatMap((option) => namesIn(option, at)))]
  if (type.type === 'object') {
    return Object.entries(type.properties ?? {})
      .filter(([key]) => !secretColumn(key))
      .flatMap(([key, inner]) => namesIn(inner, [...at, key]))
  }
  if (type.type === 'array' && type.items?.type !== 'string') return []
  return [at.join('.')]
}
