/** What a resource's properties look like to a rule: plain data, with a mark where a preview does not know the value. */
import { Secret } from '@pulumi/policy'

export const UNKNOWN = Symbol('not known before the update')

export type Value = undefined | null | boolean | number | string | typeof UNKNOWN | Value[] | { [key: string]: Value }
export type Props = Record<string, Value>

/** What stands on the engine's wire for values that only the update will know: one for each kind of value. */
export const WIRE_UNKNOWNS: ReadonlySet<unknown> = new Set([
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
])

/**
 * The properties that @pulumi/policy hands over are behind proxies: reading an unknown value throws, and reading a secret
 * one gives what is in it, so that nobody can tell it is one. Descriptors come as they are.
 *
 * @returns the properties, and the paths of what is secret in them; only those of a remediation tell of secrets
 */
export function look(given: object): { props: Props; secrets: Set<string> } {
  const secrets = new Set<string>()
  const plain = (value: unknown, path: string): Value => {
    if (value instanceof Secret) {
      secrets.add(path)
      return plain(value.value, path)
    }
    if (WIRE_UNKNOWNS.has(value)) return UNKNOWN
    if (Array.isArray(value)) return value.map((_, index) => plain(own(value, String(index)), `${path}[${index}]`))
    if (value === null || typeof value !== 'object') return value as Value
    const keys = Object.keys(value)
    return Object.fromEntries(keys.map((key) => [key, plain(own(value, key), path === '' ? key : `${path}.${key}`)]))
  }
  return { props: plain(given, '') as Props, secrets }
}

function own(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

/** @param path such as `configuration.ingress`; unknown as soon as a part of it is unknown, undefined where there is none */
export function at(props: Props, path: string): Value {
  return path.split('.').reduce<Value>((value, key) => {
    if (value === UNKNOWN) return UNKNOWN
    return value !== null && typeof value === 'object' ? (value as Props)[key] : undefined
  }, props)
}

export interface Leaf {
  /** Names and indices from the top. */
  path: string
  /** Names alone, the nearest last. */
  names: readonly string[]
  /** The `name` that stands beside a `value`, as of an environment variable. */
  label?: string
  value: string
}

/** All texts. */
export function texts(value: Value, path = '', names: readonly string[] = []): Leaf[] {
  if (typeof value === 'string') return [{ path, names, value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${path}[${index}]`, names))
  if (value === null || typeof value !== 'object') return []
  const { name } = value
  return Object.entries(value).flatMap(([key, inner]) => {
    const leaves = texts(inner, path === '' ? key : `${path}.${key}`, [...names, key])
    const labelled = key === 'value' && typeof name === 'string' && typeof inner === 'string'
    return labelled ? leaves.map((leaf) => ({ ...leaf, label: name })) : leaves
  })
}
