import type { Parameter } from './database.ts'

/** Fields and rows in PostgreSQL's text format, which both drivers can give. */
export interface TextResult {
  fields: { name: string; type: number }[]
  rows: (string | null)[][]
}

export function encodeParameter(value: Parameter): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(String(item))).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function decodeRows<Row>(result: TextResult): Row[] {
  return result.rows.map((row) => {
    const object: Record<string, unknown> = {}
    for (const [index, field] of result.fields.entries()) object[field.name] = decodeValue(row[index]!, field.type)
    return object as Row
  })
}

/** Integers as numbers, timestamps as Date, JSON parsed, everything else as text. The numbers are OIDs of pg_type. */
function decodeValue(text: string | null, type: number): unknown {
  if (text === null) return null
  switch (type) {
    case 16:
      return text === 't'
    case 20:
    case 21:
    case 23:
    case 701:
      return Number(text)
    case 114:
    case 3802:
      return JSON.parse(text)
    case 1184:
      return new Date(text)
    default:
      return text
  }
}
