import { textOf, type Value } from '../../values.ts'
import { define, type FunctionDefinition } from './define.ts'

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

function utf16(text: string): string {
  const bytes = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) & 0xff
    bytes[2 * i + 1] = text.charCodeAt(i) >> 8
  }
  return btoa(String.fromCharCode(...bytes))
}

function whole(value: Value | undefined): number {
  const text = textOf(value ?? null)
  const found = /^&[Hh]/.test(text) ? Number.parseInt(text.slice(2), 16) : Number(text)
  if (!Number.isInteger(found)) throw new Error(`BitAnd takes whole numbers, not "${text}"`)
  return found
}

export const OTHERS: FunctionDefinition[] = [
  define('BitAnd(value1: Integer, value2: Integer)', ([a, b]) => Number(BigInt(whole(a)) & BigInt(whole(b)))),
  define('ConvertToBase64(source)', ([source]) => (source === null ? null : utf16(textOf(source!)))),
  define('ConvertToUTF8Hex(source)', ([source]) =>
    source === null ? null : Array.from(new TextEncoder().encode(textOf(source!)), hex).join(''),
  ),
  define('DefaultDomain()', (_, environment) => environment.defaultDomain || null),
  define('Guid()', () => crypto.randomUUID()),
  // Only the log hides the value; what flows is the value itself.
  define('Redact(expression)', ([expression]) => expression!),
]
