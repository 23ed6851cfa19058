import { isEmpty, textOf, type Value } from '../../values.ts'
import { define, defineLazy, type FunctionDefinition } from './define.ts'
import { randomString } from './randomString.ts'

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

function amount(name: string, value: Value | undefined): number {
  const text = textOf(value ?? null)
  if (!/^\d+$/.test(text)) throw new Error(`${name} takes whole numbers from 0, not "${text}"`)
  return Number(text)
}

export const OTHERS: FunctionDefinition[] = [
  define('BitAnd(value1: Integer, value2: Integer)', ([a, b]) => Number(BigInt(whole(a)) & BigInt(whole(b)))),
  define('ConvertToBase64(source)', ([source]) => (source === null ? null : utf16(textOf(source!)))),
  define('ConvertToUTF8Hex(source)', ([source]) =>
    source === null ? null : Array.from(new TextEncoder().encode(textOf(source!)), hex).join(''),
  ),
  define('DefaultDomain()', (_, environment) => environment.defaultDomain || null),
  define(
    'RandomString(length: Integer, minimumNumbers: Integer, minimumSpecialCharacters: Integer, minimumCapital: Integer, minimumLowercase: Integer, charactersToAvoid?)',
    ([length, numbers, special, capital, lower, avoid]) =>
      randomString(
        amount('RandomString', length),
        [lower, capital, numbers, special].map((least) => amount('RandomString', least)),
        textOf(avoid ?? null),
      ),
  ),
  // Which value the target lacks is asked where the object is created; by itself it gives the first there is.
  defineLazy(
    'SelectUniqueValue(uniqueValueRule1, uniqueValueRule*)',
    (args) => {
      for (const arg of args) {
        const value = arg()
        if (!isEmpty(value)) return value
      }
      return null
    },
    (args) => (args.filter(Boolean).length < 2 ? 'takes two rules or more' : null),
  ),
  define('Guid()', () => crypto.randomUUID()),
  // Only the log hides the value; what flows is the value itself.
  define('Redact(expression)', ([expression]) => expression!),
]
