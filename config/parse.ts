import type { z } from 'zod'
import { explain } from './explain.ts'
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
  return parseSettings(schema, raw, secretKeys)
}

/** As `parseStackConfig`, for the settings that another schema describes. */
export function parseSettings<T extends z.ZodType>(
  described: T,
  raw: Record<string, unknown>,
  secretKeys: readonly string[],
): z.output<T> {
  const ours = Object.entries(raw).filter(([key]) => key.startsWith(NAMESPACE))
  const settings = Object.fromEntries(ours.map(([key, value]) => [key.slice(NAMESPACE.length), value]))
  const result = described.safeParse(settings, { reportInput: true })
  if (result.success) return result.data
  const hidden = secretKeys.map((key) => key.slice(NAMESPACE.length))
  throw new StackConfigError(result.error.issues.flatMap((issue) => explain(issue, hidden)))
}
