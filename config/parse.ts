import type { z } from 'zod'
import { explain } from './explain.ts'
import { type Layer, type Merged, mergeLayers } from './layers.ts'
import { type StackConfig, schema } from './schema.ts'

export const NAMESPACE = 'entrada:'

/** All that is wrong with a stack's settings, one line each. */
export class StackConfigError extends Error {
  override readonly name = 'StackConfigError'
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`this stack's settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/**
 * Validates the settings of one stack and fills in defaults. Keys of other namespaces are left to their owners.
 *
 * @param raw full keys (`entrada:scope`) with their values, as strings the way Pulumi gives them or as parsed YAML;
 *   a secret stands as `{ secure: … }`, so that none is ever in here
 * @param secretKeys full keys whose values must not be shown in errors
 * @throws StackConfigError naming everything wrong at once
 */
export function parseStackConfig(raw: Record<string, unknown>, secretKeys: readonly string[] = []): StackConfig {
  return parseLayers([{ source: '', settings: withoutNamespace(raw) }], secretKeys).config
}

/** As `parseStackConfig`, for the settings that another schema describes. */
export function parseSettings<T extends z.ZodType>(
  described: T,
  raw: Record<string, unknown>,
  secretKeys: readonly string[],
): z.output<T> {
  return validated(described, withoutNamespace(raw), { hidden: secretKeys.map(bare) })
}

/**
 * The same for settings out of several places, the stack's own file first; an error says where a faulty value stands that
 * is not in that file.
 * @returns the settings with defaults, and as they were merged
 */
export function parseLayers(
  layers: readonly Layer[],
  secretKeys: readonly string[] = [],
): { config: StackConfig; merged: Merged } {
  const merged = mergeLayers(layers)
  const source = (path: readonly PropertyKey[]) => {
    const found = merged.sourceOf(path)
    return found === layers[0]?.source ? undefined : found
  }
  return { config: validated(schema, merged.settings, { hidden: secretKeys.map(bare), source }), merged }
}

function validated<T extends z.ZodType>(
  described: T,
  settings: unknown,
  telling: Parameters<typeof explain>[1],
): z.output<T> {
  const result = described.safeParse(settings, { reportInput: true })
  if (result.success) return result.data
  throw new StackConfigError(result.error.issues.flatMap((issue) => explain(issue, telling)))
}

const bare = (key: string) => key.replace(NAMESPACE, '')

/** Our settings out of all; the engine, too, reads a key without a namespace as the project's own. */
export function withoutNamespace(config: Record<string, unknown>): Record<string, unknown> {
  const ours = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE) || !key.includes(':'))
  return Object.fromEntries(ours.map(([key, value]) => [bare(key), value]))
}
