/**
 * The engine's property encoding: secrets travel in an envelope and unknown values as a sentinel string. `decode` turns
 * a property bag into clear values, UNKNOWN marks and the paths that were secret; `encode` is its inverse.
 *
 * Source of the signatures: pulumi/pulumi sdk/go/common/resource/properties.go and sdk/nodejs/runtime/rpc.ts.
 */
import { UNKNOWN } from '../resources/resource.ts'

const SIGNATURE = '4dabf18193072939515e22adb298388d'
const SECRET = '1b47061264138c4ac30d75fd1eb44270'
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4'
const UNKNOWN_SENTINELS = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
])
const [UNKNOWN_SENTINEL] = UNKNOWN_SENTINELS as unknown as [string]

export type PropertyPath = readonly (string | number)[]

export interface Decoded {
  value: Record<string, unknown>
  /** Where secrets stood; a secret inside a secret is listed once, at the outer place. */
  secrets: PropertyPath[]
}

export function decode(wire: Record<string, unknown>): Decoded {
  const secrets: PropertyPath[] = []
  return { value: decodeValue(wire, [], secrets) as Record<string, unknown>, secrets }
}

function decodeValue(wire: unknown, path: PropertyPath, secrets: PropertyPath[]): unknown {
  if (typeof wire === 'string') return UNKNOWN_SENTINELS.has(wire) ? UNKNOWN : wire
  if (Array.isArray(wire)) return wire.map((item, index) => decodeValue(item, [...path, index], secrets))
  if (wire === null || typeof wire !== 'object') return wire ?? null
  const object = wire as Record<string, unknown>
  const signature = object[SIGNATURE]
  if (signature === SECRET) {
    secrets.push(path)
    return decodeValue(object.value, path, [])
  }
  if (signature === OUTPUT) {
    if (object.secret === true) secrets.push(path)
    return 'value' in object ? decodeValue(object.value, path, object.secret === true ? [] : secrets) : UNKNOWN
  }
  if (signature !== undefined)
    throw new Error(`assets and resource references are not taken here (at ${formatPath(path)})`)
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, decodeValue(value, [...path, key], secrets)]),
  )
}

/** `value` with the given places marked as secret; places that do not exist, or are null, are passed over. */
export function encode(value: object, secrets: readonly PropertyPath[]): Record<string, unknown> {
  return encodeValue(value, secrets) as Record<string, unknown>
}

function encodeValue(value: unknown, secrets: readonly PropertyPath[]): unknown {
  if (value === undefined || value === null) return null
  if (secrets.some((path) => path.length === 0)) return { [SIGNATURE]: SECRET, value: encodeValue(value, []) }
  if (value === UNKNOWN) return UNKNOWN_SENTINEL
  if (typeof value !== 'object') return value
  const below = (key: string | number) =>
    secrets.filter((path) => String(path[0]) === String(key)).map((path) => path.slice(1))
  if (Array.isArray(value)) return value.map((item, index) => encodeValue(item, below(index)))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, encodeValue(item, below(key))]),
  )
}

/** The engine's notation, such as `credentials.clientSecret` or `users["adele@contoso.com"][0]`. */
export function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** Simple dotted paths only, as resources name their secrets. */
export function parseDotted(path: string): PropertyPath {
  return path.split('.')
}

/** Every string or number below the secret places: what must not appear in a message. */
export function secretTexts(decoded: Decoded): string[] {
  const texts: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'number') texts.push(String(value))
    else if (value !== null && typeof value === 'object') for (const item of Object.values(value)) collect(item)
  }
  for (const path of decoded.secrets) collect(at(decoded.value, path))
  return texts
}

function at(value: unknown, path: PropertyPath): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part], value)
}

/** Shorter values would tear ordinary words apart. */
const SHORTEST_SECRET = 4

export function redact(text: string, secrets: readonly string[]): string {
  return [...new Set(secrets)]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
    .reduce(
      (clean, secret) => clean.replaceAll(secret, '[secret]').replaceAll(encodeURIComponent(secret), '[secret]'),
      text,
    )
}
