import { type Fleet, layersBelow, NO_FLEET } from './fleet.ts'
import type { Layer } from './layers.ts'
import { NAMESPACE, parseLayers, StackConfigError, withoutNamespace } from './parse.ts'
import type { StackConfig } from './schema.ts'
import { isMap, parseYaml } from './yaml.ts'

/**
 * The settings in a stack's file (`stacks/Pulumi.<stack>.yaml`) for uses that need no engine; secrets stay encrypted.
 *
 * @param yaml text of the file
 * @param fleet what is merged under it
 * @throws StackConfigError
 */
export function parseStackFile(yaml: string, stack = '', fleet: Fleet = NO_FLEET): StackConfig {
  return parseLayers(layersOf(yaml, stack, fleet)).config
}

/** The file's own settings and those below, the strongest first. */
export function layersOf(yaml: string, stack: string, fleet: Fleet): Layer[] {
  const settings = readSettings(yaml)
  return [{ source: stackFileName(stack), settings }, ...layersBelow(stack, settings, fleet)]
}

export const stackFileName = (stack: string) => `stacks/Pulumi.${stack}.yaml`

function readSettings(yaml: string): Record<string, unknown> {
  let content: unknown
  try {
    content = parseYaml(yaml)
  } catch (error) {
    throw new StackConfigError((error as Error).message.split('\n'))
  }
  const config = (content as { config?: unknown } | null)?.config ?? {}
  if (!isMap(config)) throw new StackConfigError([`config must hold settings such as ${NAMESPACE}application`])
  return withoutNamespace(config)
}
