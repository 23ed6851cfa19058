import { parseDocument } from 'yaml'
import { NAMESPACE, parseStackConfig, StackConfigError } from './parse.ts'
import type { StackConfig } from './schema.ts'

/**
 * The settings in a stack's file (`stacks/Pulumi.<stack>.yaml`) for uses that need no engine; secrets stay encrypted.
 *
 * @param yaml text of the file
 * @throws StackConfigError
 */
export function parseStackFile(yaml: string): StackConfig {
  const document = parseDocument(yaml)
  if (document.errors.length > 0) throw new StackConfigError(document.errors.map((error) => error.message))
  const config: unknown = (document.toJS() as { config?: unknown } | null)?.config ?? {}
  if (typeof config !== 'object')
    throw new StackConfigError([`config must hold settings such as ${NAMESPACE}application`])
  // The engine, too, reads a key without a namespace as the project's own.
  const full = Object.entries(config!).map(([key, value]) => [key.includes(':') ? key : NAMESPACE + key, value])
  return parseStackConfig(Object.fromEntries(full))
}
