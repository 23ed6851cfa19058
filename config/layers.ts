/** Settings of one stack out of several places, the strongest first. */
import { fromJson } from './fields.ts'

type Bag = Record<string, unknown>

export interface Layer {
  /** Where it stands, for people: `stacks/defaults.yaml`. */
  source: string
  /** Without the namespace. */
  settings: Bag
}

export interface Merged {
  settings: Bag
  /** Where the value at a path stands; undefined where nothing does. */
  sourceOf(path: readonly PropertyKey[]): string | undefined
}

/**
 * Objects merge by key, anything else replaces; so does an object of another `kind`, whose keys mean something else.
 * A secret counts as one value.
 */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const sources = new Map<string, string>()
  let settings: Bag = {}
  for (const { source, settings: upper } of layers.toReversed()) settings = over(upper, settings, source, [], sources)
  return { settings, sourceOf: (path) => find(sources, path.map(String)) }
}

function over(upper: Bag, lower: Bag, source: string, at: readonly string[], sources: Map<string, string>): Bag {
  const merged = { ...lower }
  for (const [key, given] of Object.entries(upper)) {
    if (given === undefined) continue
    const path = [...at, key]
    const below = lower[key]
    // Pulumi hands an object over as text.
    const value = isBag(below) ? fromJson(given) : given
    if (!isBag(value)) {
      forget(sources, path)
      sources.set(name(path), source)
      merged[key] = value
      continue
    }
    const kept = isBag(below) && !(value.kind !== undefined && below.kind !== undefined && value.kind !== below.kind)
    if (!kept) forget(sources, path)
    if (Object.keys(value).length === 0 && !kept) sources.set(name(path), source)
    merged[key] = over(value, kept ? below : {}, source, path, sources)
  }
  return merged
}

/** An object to be merged; `{ secure: … }` is one encrypted value. */
function isBag(value: unknown): value is Bag {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).join() !== 'secure'
}

function name(path: readonly string[]): string {
  return path.join('\0')
}

function forget(sources: Map<string, string>, path: readonly string[]): void {
  const prefix = name(path)
  for (const key of sources.keys()) if (key === prefix || key.startsWith(`${prefix}\0`)) sources.delete(key)
}

/** Of the value, else of what holds it (an item of a list), else of what it holds. */
function find(sources: ReadonlyMap<string, string>, path: readonly string[]): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const source = sources.get(name(path.slice(0, length)))
    if (source) return source
  }
  const prefix = `${name(path)}\0`
  return [...sources].find(([key]) => key.startsWith(prefix))?.[1]
}
